using System.Globalization;
using System.Text;
using StatHub.Core.Text;

namespace StatHub.Core.Dimensions.Referrers;

/// <summary>Hosts with all that is below them, such as those of referrer spam.</summary>
public sealed class HostSet
{
    /// <summary>No host.</summary>
    public static readonly HostSet None = new([]);

    private static readonly IdnMapping International = new();

    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _hosts;

    /// <summary>Makes a set.</summary>
    /// <param name="hosts">Names in ASCII; what is none is left out.</param>
    public HostSet(IEnumerable<string> hosts)
    {
        var set = new HashSet<byte[]>(BytesComparer.Instance);
        var name = new byte[HostName.MaxBytes];
        foreach (var host in hosts)
        {
            if (HostName.TryNormalize(Encoding.UTF8.GetBytes(host.Trim()), name, out var length))
                set.Add(name[..length]);
        }
        Count = set.Count;
        _hosts = set.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>
    /// Reads a list: a host a line, what follows a <c>#</c> is a comment, empty lines are nothing. International names may be
    /// written in any of their forms.
    /// </summary>
    /// <param name="lines">The lines.</param>
    /// <param name="set">All hosts; <see cref="None"/> when a line is wrong.</param>
    /// <param name="mistakes">What is wrong, each with the number of its line.</param>
    public static bool TryRead(IEnumerable<string> lines, out HostSet set, out IReadOnlyList<string> mistakes)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var hosts = new List<string>();
        var wrong = new List<string>();
        foreach (var (number, line) in lines.Index())
        {
            var text = line.Split('#')[0].Trim();
            if (text.Length == 0)
                continue;
            if (Mistake(text, out var host) is { } mistake)
                wrong.Add($"line {number + 1}: '{(text.Length > 80 ? text[..80] + "…" : text)}' {mistake}");
            else
                hosts.Add(host);
        }
        mistakes = wrong;
        set = wrong.Count == 0 ? new HostSet(hosts) : None;
        return wrong.Count == 0;
    }

    /// <summary>How many names.</summary>
    public int Count { get; }

    /// <summary>Whether a normalised host or one above it is in the set.</summary>
    public bool Contains(ReadOnlySpan<byte> host)
    {
        while (Count > 0 && !host.IsEmpty)
        {
            if (_hosts.Contains(host))
                return true;
            var dot = host.IndexOf((byte)'.');
            host = dot < 0 ? [] : host[(dot + 1)..];
        }
        return false;
    }

    private static string? Mistake(string text, out string host)
    {
        host = text;
        if (!Ascii.IsValid(text) && !TryToAscii(text, out host))
            return "is no name of a host.";
        if (!HostName.TryNormalize(Encoding.UTF8.GetBytes(host), new byte[HostName.MaxBytes], out _))
            return "is no name of a host: give it without http:// and path.";
        // All that is below would be on the list, every host that ends in .com.
        return host.Trim('.').Contains('.', StringComparison.Ordinal) ? null : "has no dot: it is a whole domain, or no host that others know.";
    }

    private static bool TryToAscii(string text, out string ascii)
    {
        ascii = text;
        try
        {
            ascii = International.GetAscii(text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
