using System.Buffers;
using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Sketches;

namespace StatHub.Storage.Rollups;

/// <summary>All rows that a series has of one day.</summary>
/// <param name="Key">Its key; empty for the tenant as a whole.</param>
/// <param name="Total">The sums of all hits.</param>
/// <param name="Visitors">How many came.</param>
/// <param name="First">Its earliest hit of the day, in Unix milliseconds.</param>
/// <param name="Last">Its latest hit of the day.</param>
/// <param name="Hours">The hours with hits, in their order.</param>
/// <param name="Tops">The dimensions with values, in the order of their numbers and names.</param>
internal sealed record SeriesDay(
    string Key, Tally Total, long Visitors, long First, long Last, IReadOnlyList<SeriesHour> Hours, IReadOnlyList<SeriesTop> Tops)
{
    /// <summary>What the raw hits of a day give, for the tenant as a whole and for each key.</summary>
    public static IReadOnlyList<SeriesDay> OfDay(IReadOnlyDictionary<byte[], KeySums> keys) => [.. SeriesSums.OfDay(keys).Select(Of)];

    /// <summary>Whether both say the same; where minutes are in the same order.</summary>
    public bool HasRowsOf(SeriesDay other) => Total == other.Total && Visitors == other.Visitors
        && Hours.SequenceEqual(other.Hours) && Tops.SequenceEqual(other.Tops);

    private static readonly Comparer<byte[]> ByBytes = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    private static SeriesDay Of(SeriesSums sums) => new(
        sums.Key,
        sums.Total,
        sums.AllVisitors,
        sums.Sums.First,
        sums.Sums.Last,
        [.. sums.Sums.Hours.ToArray().OrderBy(hour => hour.Key).Select(hour => Hour(hour.Key, hour.Value, sums.Visitors.GetValueOrDefault(hour.Key)))],
        [.. sums.Dimensions.All.Select(one => Top(new DimensionName(one.Dimension, Encoding.ASCII.GetString(one.Own)), one.Values))
            .OrderBy(top => top.Name.Dimension).ThenBy(top => top.Name.Own, StringComparer.Ordinal)]);

    private static SeriesHour Hour(int number, MinuteSums minutes, HyperLogLog? visitors) =>
        new(number, minutes.Total(), MinuteBlob.Write(minutes), visitors?.Estimate() ?? 0, visitors is null ? [] : Written(visitors.Write));

    private static SeriesTop Top(DimensionName name, IEnumerable<KeyValuePair<byte[], Tally>> values)
    {
        var summary = new HeavyHitters();
        // Those with the most hits first: what is let go of is then what has least.
        foreach (var (value, sums) in values.OrderByDescending(one => one.Value.Hits).ThenBy(one => one.Key, ByBytes))
            summary.Add(value, sums);
        return new SeriesTop(name, Written(summary.Write));
    }

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        write(bytes);
        return bytes.WrittenSpan.ToArray();
    }
}

/// <summary>The row of an hour.</summary>
/// <param name="Hour">Hours since 1970.</param>
/// <param name="Total">Its sums.</param>
/// <param name="Minutes">Its minutes, as <see cref="MinuteBlob"/> has them.</param>
/// <param name="Visitors">How many came.</param>
/// <param name="Sketch">Who they were; empty where nobody came.</param>
internal sealed record SeriesHour(int Hour, Tally Total, byte[] Minutes, long Visitors, byte[] Sketch)
{
    public bool Equals(SeriesHour? other) => other is not null && Hour == other.Hour && Total == other.Total && Visitors == other.Visitors
        && Minutes.AsSpan().SequenceEqual(other.Minutes) && Sketch.AsSpan().SequenceEqual(other.Sketch);

    public override int GetHashCode() => Hour;
}

/// <summary>The row of a dimension.</summary>
/// <param name="Name">The dimension.</param>
/// <param name="Values">Its most frequent values, as <see cref="HeavyHitters"/> are written.</param>
internal sealed record SeriesTop(DimensionName Name, byte[] Values)
{
    public bool Equals(SeriesTop? other) => other is not null && Name == other.Name && Values.AsSpan().SequenceEqual(other.Values);

    public override int GetHashCode() => Name.GetHashCode();
}
