using StatHub.Core.Text;

namespace StatHub.Core.Sketches;

/// <summary>Reads the prefixes of a written sketch, one after another, from bytes that may be anything.</summary>
internal ref struct PrefixReader
{
    private readonly int _count;
    private VarintReader _numbers;
    private long _last = -1;
    private int _read;

    public PrefixReader(ReadOnlySpan<byte> bytes)
    {
        _numbers = new VarintReader(bytes);
        _count = _numbers.TryRead(PrefixTable.Most, out var count) ? (int)count : -1;
    }

    /// <summary>The prefix that was read last.</summary>
    public uint Entry { get; private set; }

    /// <summary>All prefixes were read, and nothing but them was there.</summary>
    public readonly bool IsWhole => _read == _count && _numbers.AtEnd;

    /// <summary>Goes to the next prefix. False at the end, and where the bytes are wrong.</summary>
    public bool Read()
    {
        if (_read >= _count || !_numbers.TryRead((1 << HashPrefix.Bits) - 1, out var gap))
            return false;
        var prefix = _last + 1 + gap;
        if (prefix >= 1 << HashPrefix.Bits)
            return false;
        long rank = 0;
        if (HashPrefix.NeedsRank((uint)prefix) && !(_numbers.TryRead(HashPrefix.MostRank, out rank) && rank > 0))
            return false;
        Entry = ((uint)prefix << HashPrefix.RankBits) | (uint)rank;
        _last = prefix;
        _read++;
        return true;
    }
}
