using StatHub.Core.Hits;
using StatHub.Core.Text;

namespace StatHub.Core.Sketches;

/// <summary>
/// Reads a written summary name by name without allocating, from bytes that may be anything. It never throws; what it read is of a summary
/// only once it <see cref="IsWhole"/>.
/// </summary>
/// <example><code>
/// var reader = new HeavyHittersReader(bytes);
/// while (reader.Read())
///     …reader.Name, reader.Sums…
/// if (!reader.IsWhole)
///     …
/// </code></example>
public ref struct HeavyHittersReader
{
    private readonly bool _isKnown;
    private VarintReader _bytes;
    private long _allHits;
    private int _read;

    /// <summary>Begins to read.</summary>
    public HeavyHittersReader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[0] != HeavyHittersBytes.Version)
            return;
        _bytes = new VarintReader(bytes[1..]);
        _isKnown = TryReadHeader(out var error, out var other, out var count);
        Error = error;
        Other = other;
        Count = (int)count;
        _allHits = other.Hits;
    }

    /// <summary>How many names there are, if the bytes are whole.</summary>
    public int Count { get; }

    /// <summary>The sums of what is not told with a name.</summary>
    public Tally Other { get; }

    /// <summary>The most hits that a name may have which is not listed.</summary>
    public long Error { get; }

    /// <summary>The name that was read last.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Its sums.</summary>
    public Tally Sums { get; private set; }

    /// <summary>At most so many hits more it has.</summary>
    public long NameError { get; private set; }

    /// <summary>All names were read, nothing but them was there, and no number contradicts another.</summary>
    public readonly bool IsWhole => _isKnown && _read == Count && _bytes.AtEnd;

    /// <summary>Goes to the next name. False at the end, and where the bytes are wrong.</summary>
    public bool Read()
    {
        if (!_isKnown || _read >= Count || !TryReadHits(out var hits) || !TryReadSums(hits, out var sums) || !TryReadError(hits, out var error)
            || !_bytes.TryTake(1, out var length) || !_bytes.TryTake(length[0], out var name))
            return false;
        if (hits == Sums.Hits && _read > 0 && name.SequenceCompareTo(Name) <= 0)
            return false;
        _allHits += hits;
        Name = name;
        Sums = sums;
        NameError = error;
        _read++;
        return true;
    }

    private bool TryReadHeader(out long error, out Tally other, out long count)
    {
        other = default;
        count = 0;
        if (!_bytes.TryRead(HeavyHitters.MostHits, out error))
            return false;
        if (error > 0 && !(_bytes.TryRead(HeavyHitters.MostHits, out var hits) && hits >= error && TryReadSums(hits, out other)))
            return false;
        return _bytes.TryRead(int.MaxValue, out count);
    }

    private bool TryReadHits(out long hits)
    {
        if (!_bytes.TryRead(HeavyHitters.MostHits, out hits))
            return false;
        if (_read > 0)
            hits = Sums.Hits - hits;
        return hits > 0 && hits <= HeavyHitters.MostHits - _allHits;
    }

    private bool TryReadSums(long hits, out Tally sums)
    {
        sums = default;
        if (!_bytes.TryRead(hits, out var bots) || !_bytes.TryReadSigned(out var millionths))
            return false;
        sums = new Tally(hits, bots, new ValueSum(millionths + HeavyHittersBytes.UsualMillionths(hits)));
        return sums.IsPossible;
    }

    /// <summary>A name cannot be known better than by its hits.</summary>
    private bool TryReadError(long hits, out long error)
    {
        error = 0;
        return Error == 0 || (_bytes.TryRead(Error, out error) && Error - error <= hits);
    }
}
