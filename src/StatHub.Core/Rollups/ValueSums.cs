using System.Runtime.InteropServices;
using StatHub.Core.Hits;
using StatHub.Core.Text;

namespace StatHub.Core.Rollups;

/// <summary>Sums by the values of one dimension.</summary>
internal sealed class ValueSums
{
    private readonly Dictionary<byte[], Tally>.AlternateLookup<ReadOnlySpan<byte>> _values =
        new Dictionary<byte[], Tally>(BytesComparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>All of them.</summary>
    public Dictionary<byte[], Tally> All => _values.Dictionary;

    /// <summary>Adds to a value; whether that is a new one.</summary>
    public bool Add(ReadOnlySpan<byte> value, Tally sums)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_values, value, out var exists);
        known += sums;
        return !exists;
    }
}
