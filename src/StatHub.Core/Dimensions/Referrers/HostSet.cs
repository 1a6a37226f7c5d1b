using System.Text;
using StatHub.Core.Text;

namespace StatHub.Core.Dimensions.Referrers;

/// <summary>Hosts with all that is below them, such as those of referrer spam.</summary>
public sealed class HostSet
{
    /// <summary>No host.</summary>
    public static readonly HostSet None = new([]);

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
}
