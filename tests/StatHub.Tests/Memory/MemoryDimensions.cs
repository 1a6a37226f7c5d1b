using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Sketches;
using StatHub.Core.Time;

namespace StatHub.Tests.Memory;

/// <summary>Sums by dimension the slow and obvious way: every line is read again for every question.</summary>
public sealed class MemoryDimensions(MemoryStore store) : IDimensionCounts
{
    public HeavyHitters Top(HitScope scope, DimensionName dimension, DayRange range)
    {
        var top = new HeavyHitters(capacity: int.MaxValue / 4);
        foreach (var hit in Hits(scope, range))
        {
            foreach (var value in Values(hit, scope, dimension))
                top.Add(value, One(hit));
        }
        return top;
    }

    public IReadOnlyDictionary<long, Tally> Series(HitScope scope, DimensionName dimension, string value, DayRange range) =>
        Hits(scope, range)
            .Where(hit => Values(hit, scope, dimension).Any(one => Encoding.UTF8.GetString(one) == value))
            .GroupBy(hit => MinuteRange.MinuteOf(hit.Instant) / MinuteRange.PerDay)
            .ToDictionary(day => day.Key, day => day.Select(One).Aggregate(Tally.Add));

    private IEnumerable<MemoryHit> Hits(HitScope scope, DayRange range) =>
        store.Hits(scope, new MinuteRange(range.From * MinuteRange.PerDay, Math.Min(range.To, int.MaxValue) * MinuteRange.PerDay));

    private static Tally One(MemoryHit hit) => new(1, hit.IsBot ? 1 : 0, hit.Value);

    private static List<byte[]> Values(MemoryHit hit, HitScope scope, DimensionName dimension)
    {
        if (dimension.Dimension == Dimension.Key)
            return scope.Key is null ? [Encoding.UTF8.GetBytes(hit.Key.ToString())] : [];
        var line = Encoding.UTF8.GetBytes(hit.Line);
        var fields = new HitLine();
        fields.TryRead(line).Should().BeTrue();
        var values = new List<byte[]>();
        foreach (var value in new DimensionReader().Read(line, fields))
        {
            if (value.Dimension == dimension.Dimension && Encoding.ASCII.GetString(value.Name) == dimension.Own)
                values.Add(value.Value.ToArray());
        }
        return values;
    }
}
