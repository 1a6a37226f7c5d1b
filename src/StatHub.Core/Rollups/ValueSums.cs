using System.Collections;
using System.Runtime.InteropServices;
using StatHub.Core.Hits;
using StatHub.Core.Text;

namespace StatHub.Core.Rollups;

/// <summary>Sums by the values of one dimension. Where keys are many most have one value of it, for which a dictionary would be ten times as large.</summary>
internal sealed class ValueSums : IReadOnlyCollection<KeyValuePair<byte[], Tally>>
{
    private byte[]? _first;
    private Tally _firstSums;
    private Dictionary<byte[], Tally>? _others;

    /// <summary>How many values there are.</summary>
    public int Count => (_first is null ? 0 : 1) + (_others?.Count ?? 0);

    /// <summary>Adds to a value; whether that is a new one.</summary>
    public bool Add(ReadOnlySpan<byte> value, Tally sums)
    {
        if (_first is null)
        {
            (_first, _firstSums) = (value.ToArray(), sums);
            return true;
        }
        if (value.SequenceEqual(_first))
        {
            _firstSums += sums;
            return false;
        }
        _others ??= new Dictionary<byte[], Tally>(BytesComparer.Instance);
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_others.GetAlternateLookup<ReadOnlySpan<byte>>(), value, out var exists);
        known += sums;
        return !exists;
    }

    /// <summary>Adds all values of others; how many of them are new.</summary>
    public int Add(ValueSums others)
    {
        if (others._first is null)
            return 0;
        var added = Add(others._first, others._firstSums) ? 1 : 0;
        if (others._others is null)
            return added;
        foreach (var (value, sums) in others._others)
            added += Add(value, sums) ? 1 : 0;
        return added;
    }

    public IEnumerator<KeyValuePair<byte[], Tally>> GetEnumerator()
    {
        if (_first is not null)
            yield return new(_first, _firstSums);
        if (_others is null)
            yield break;
        foreach (var other in _others)
            yield return other;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
