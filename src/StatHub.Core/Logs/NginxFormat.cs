using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace StatHub.Core.Logs;

/// <summary>A <c>log_format</c> of nginx: variables with text between them, such as <c>$remote_addr [$time_local] "$request" $status $body_bytes_sent</c>.</summary>
internal sealed class NginxFormat
{
    private static readonly Dictionary<string, NginxVariable> Known = new()
    {
        ["remote_addr"] = NginxVariable.Client,
        ["remote_user"] = NginxVariable.User,
        ["time_local"] = NginxVariable.TimeLocal,
        ["time_iso8601"] = NginxVariable.TimeIso8601,
        ["msec"] = NginxVariable.Msec,
        ["request"] = NginxVariable.Request,
        ["request_method"] = NginxVariable.Method,
        ["request_uri"] = NginxVariable.Target,
        ["uri"] = NginxVariable.Path,
        ["document_uri"] = NginxVariable.Path,
        ["args"] = NginxVariable.Query,
        ["query_string"] = NginxVariable.Query,
        ["server_protocol"] = NginxVariable.Protocol,
        ["status"] = NginxVariable.Status,
        ["body_bytes_sent"] = NginxVariable.Bytes,
        ["bytes_sent"] = NginxVariable.Bytes,
        ["http_referer"] = NginxVariable.Referrer,
        ["http_user_agent"] = NginxVariable.UserAgent,
        ["http_host"] = NginxVariable.Host,
        ["host"] = NginxVariable.Host,
        ["server_name"] = NginxVariable.Host,
    };

    private NginxFormat(byte[] beginning, IReadOnlyList<(NginxVariable, byte[])> parts) => (Beginning, Parts) = (beginning, parts);

    /// <summary>What stands before the first variable.</summary>
    public byte[] Beginning { get; }

    /// <summary>The variables, each with the text behind it.</summary>
    public IReadOnlyList<(NginxVariable Variable, byte[] Behind)> Parts { get; }

    /// <summary>Reads a format; where it is none the error says why.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NginxFormat? format, [NotNullWhen(false)] out string? error)
    {
        (format, error) = (null, null);
        var parts = new List<(NginxVariable Variable, byte[] Behind)>();
        var seen = new HashSet<NginxVariable>();
        var at = text.IndexOf('$', StringComparison.Ordinal);
        var beginning = Encoding.UTF8.GetBytes(at < 0 ? text : text[..at]);
        while (at >= 0)
        {
            if (!TryTakeName(text, at, out var name, out var end))
            {
                error = Told(at, "there is a '$' without the name of a variable");
                return false;
            }
            var next = text.IndexOf('$', end);
            var behind = next < 0 ? text[end..] : text[end..next];
            if (next >= 0 && behind.Length == 0)
            {
                error = Told(next, $"a variable follows ${name} with nothing between them: nobody can tell where one ends");
                return false;
            }
            var variable = Known.GetValueOrDefault(name);
            if (variable != NginxVariable.Unknown && !seen.Add(variable))
            {
                error = Told(at, $"${name} says again what another variable said");
                return false;
            }
            parts.Add((variable, Encoding.UTF8.GetBytes(behind)));
            at = next;
        }
        error = seen.Overlaps([NginxVariable.TimeLocal, NginxVariable.TimeIso8601, NginxVariable.Msec]) ? null : "It has none of $time_local, $time_iso8601 and $msec.";
        format = error is null ? new NginxFormat(beginning, parts) : null;
        return format is not null;
    }

    private static bool TryTakeName(string text, int at, out string name, out int end)
    {
        var isBraced = at + 1 < text.Length && text[at + 1] == '{';
        var start = at + (isBraced ? 2 : 1);
        end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            end++;
        name = text[start..end];
        if (!isBraced)
            return name.Length > 0;
        return name.Length > 0 && end < text.Length && text[end++] == '}';
    }

    private static string Told(int at, string what) => string.Create(CultureInfo.InvariantCulture, $"At character {at + 1} {what}.");
}

/// <summary>What a variable of nginx tells.</summary>
internal enum NginxVariable
{
    /// <summary>Something that is passed over.</summary>
    Unknown,
    Client,
    User,
    TimeLocal,
    TimeIso8601,
    Msec,
    Request,
    Method,
    Target,
    Path,
    Query,
    Protocol,
    Status,
    Bytes,
    Referrer,
    UserAgent,
    Host,
}
