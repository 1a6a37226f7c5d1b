using System.Diagnostics.CodeAnalysis;
using StatHub.Core.Logs.Ringserver;

namespace StatHub.Core.Logs;

/// <summary>A format of logs.</summary>
/// <param name="Name">What it is called in requests.</param>
/// <param name="Meaning">What it is, for people.</param>
/// <param name="CreateParser">Makes a parser of its lines.</param>
public sealed record LogFormat(string Name, string Meaning, Func<ILogParser> CreateParser)
{
    /// <summary>The name that stands for recognising the format by the first lines.</summary>
    public const string Auto = "auto";

    /// <summary>How many lines are looked at to recognise a format.</summary>
    public const int LinesLookedAt = 20;

    public static readonly LogFormat Combined = new("combined", "the combined format of Apache and nginx; the common format is its beginning", () => new CombinedParser(hasHost: false));

    public static readonly LogFormat Common = new("common", "the common format: combined without referrer and user agent", () => new CombinedParser(hasHost: false));

    public static readonly LogFormat VhostCombined = new("vhost_combined", "the combined format behind the virtual host and its port", () => new CombinedParser(hasHost: true));

    public static readonly LogFormat Caddy = new("caddy", "the JSON lines of Caddy 2", () => new CaddyParser());

    public static readonly LogFormat Ringserver = new("ringserver", "the transfer logs of ringserver, as text or JSON lines", () => new RingserverParser()) { UsualKey = "ringserver" };

    public static readonly LogFormat StatHub = new("stathub", "StatHub's own journal lines; each counts for its own key", () => new StatHubParser()) { HasOwnKeys = true };

    /// <summary>All formats.</summary>
    public static IReadOnlyList<LogFormat> All { get; } = [Combined, Common, VhostCombined, Caddy, StatHub, Ringserver];

    /// <summary>Whether its lines say themselves which keys they count for.</summary>
    public bool HasOwnKeys { get; private init; }

    /// <summary>Which key a line counts for where nothing is said.</summary>
    public string UsualKey { get; private init; } = KeyRule.Usual;

    /// <summary>The same as a rule.</summary>
    public KeyRule UsualRule => KeyRule.TryParse(UsualKey, out var rule, out var error) ? rule : throw new InvalidOperationException(error);

    /// <summary>What a format may be given as, for people.</summary>
    public static string Choice => $"{Auto}, {string.Join(", ", All.Select(known => known.Name))}, or a log_format of nginx such as $remote_addr [$time_local] \"$request\" $status $body_bytes_sent";

    /// <summary>Finds a format by its name, or reads a <c>log_format</c> of nginx: what has a <c>$</c> in it.</summary>
    /// <param name="text">The name, or the format.</param>
    /// <param name="format">The format; null for <see cref="Auto"/> too.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryParse(string text, out LogFormat? format, [NotNullWhen(false)] out string? error)
    {
        (format, error) = (All.FirstOrDefault(known => known.Name == text), null);
        if (format is not null || text == Auto)
            return true;
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            error = $"It is one of {Choice}.";
            return false;
        }
        if (!NginxFormat.TryParse(text, out var nginx, out error))
            return false;
        format = new LogFormat("nginx", "a log_format of nginx", () => new NginxParser(nginx));
        return true;
    }

    /// <summary>The format that reads most of the first lines of a log; null where none reads any.</summary>
    /// <param name="beginning">The log's first bytes. A line that is cut off at their end is not looked at unless it is the only one.</param>
    public static LogFormat? Recognise(ReadOnlySpan<byte> beginning)
    {
        LogFormat? best = null;
        var most = 0;
        // Of two that read as many the first is the stricter one.
        foreach (var format in (ReadOnlySpan<LogFormat>)[StatHub, Ringserver, Caddy, VhostCombined, Combined])
        {
            if (LinesRead(format, beginning) is var read && read > most)
                (best, most) = (format, read);
        }
        return best;
    }

    private static int LinesRead(LogFormat format, ReadOnlySpan<byte> beginning)
    {
        var parser = format.CreateParser();
        // To who reads combined lines a host is a client, and the client nobody.
        var behindHost = format == VhostCombined || format == Combined ? VhostCombined.CreateParser() : null;
        var last = beginning.LastIndexOf((byte)'\n');
        var (lines, read) = (0, 0);
        foreach (var range in (last < 0 ? beginning : beginning[..last]).Split((byte)'\n'))
        {
            if (lines++ == LinesLookedAt)
                break;
            var reason = parser.Read(beginning[range], out var entry);
            if (reason != LogReason.Blank && !reason.IsRefused() && (behindHost is null || IsBehindHost(behindHost, beginning[range]) == (format == VhostCombined)))
                read++;
        }
        return read;
    }

    /// <summary>Where a host stands first a client follows, who is no <c>-</c> as the one of whom nobody knows who he is; where that is all that is known the host's port tells.</summary>
    private static bool IsBehindHost(ILogParser behindHost, ReadOnlySpan<byte> line)
    {
        if (behindHost.Read(line, out var entry).IsRefused() || entry.Client.SequenceEqual("-"u8))
            return false;
        return entry.Client.ContainsAny((byte)'.', (byte)':') || CombinedParser.HasPort(line.TrimStart(" \t"u8));
    }
}
