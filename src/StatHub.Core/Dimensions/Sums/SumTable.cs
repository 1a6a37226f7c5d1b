using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StatHub.Core.Hits;
using StatHub.Core.Text;

namespace StatHub.Core.Dimensions.Sums;

/// <summary>
/// The sums of one step. A combination of values that finds a place when its first hit comes has all of its hits there; once there is no
/// place left, those that are new have theirs in <see cref="Other"/> together. So each row is exact, and all of them add up to the step's hits.
/// </summary>
public sealed class SumTable
{
    /// <summary>At most so many combinations of a step have a row of their own.</summary>
    public const int MostCombinations = 100_000;

    /// <summary>At most so many bytes have the values of all of them.</summary>
    public const int MostBytes = 16 * 1024 * 1024;

    private readonly int _mostCombinations;
    private readonly Dictionary<byte[], Tally> _rows = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], Tally>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private int _bytes;

    internal SumTable(long start, long end, int mostCombinations = MostCombinations)
    {
        (Start, End, _mostCombinations) = (start, end, mostCombinations);
        _lookup = _rows.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Where the step begins, in Unix milliseconds.</summary>
    public long Start { get; }

    /// <summary>Where the next one begins.</summary>
    public long End { get; }

    /// <summary>What found no place.</summary>
    public Tally Other { get; private set; }

    /// <summary>All rows but <see cref="Other"/>, those with the most hits first, then by the bytes of their values.</summary>
    public IEnumerable<(SumValues Values, Tally Sums)> Rows() => _rows
        .OrderByDescending(row => row.Value.Hits)
        .ThenBy(row => row.Key, Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)))
        .Select(row => (new SumValues(row.Key), row.Value));

    internal void Add(ReadOnlySpan<byte> values, Tally sums)
    {
        ref var row = ref CollectionsMarshal.GetValueRefOrNullRef(_lookup, values);
        if (!Unsafe.IsNullRef(ref row))
        {
            row += sums;
        }
        else if (_rows.Count < _mostCombinations && _bytes + values.Length <= MostBytes)
        {
            _bytes += values.Length;
            _lookup[values] = sums;
        }
        else
        {
            Other += sums;
        }
    }
}

/// <summary>The values of one row, in the order of the question's dimensions.</summary>
public readonly struct SumValues
{
    // Each value with a byte for its length before it; no value is empty, so 0 stands for none.
    private readonly byte[] _bytes;

    internal SumValues(byte[] bytes) => _bytes = bytes;

    /// <summary>Takes the next value; false where the hits say nothing of the dimension.</summary>
    /// <param name="at">Where it begins; 0 for the first.</param>
    /// <param name="value">The value.</param>
    public bool Next(ref int at, out ReadOnlySpan<byte> value)
    {
        value = _bytes.AsSpan(at + 1, _bytes[at]);
        at += 1 + value.Length;
        return !value.IsEmpty;
    }
}
