using System.Text;
using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Sketches;

namespace StatHub.Storage.Rollups;

/// <summary>What the raw hits of one day give for a series.</summary>
/// <param name="Key">Its key; empty for the tenant as a whole.</param>
/// <param name="Sums">By hour and minute.</param>
/// <param name="Dimensions">By dimension and value.</param>
/// <param name="Visitors">By hour.</param>
internal sealed record SeriesSums(string Key, KeySums Sums, DimensionSums Dimensions, IReadOnlyDictionary<int, HyperLogLog> Visitors)
{
    /// <summary>The tenant as a whole, then its keys; nothing where there are no hits.</summary>
    /// <param name="keys">Sums of one day's hits by the bytes of their keys.</param>
    public static IReadOnlyList<SeriesSums> OfDay(IReadOnlyDictionary<byte[], KeySums> keys)
    {
        if (keys.Count == 0)
            return [];
        var whole = new SeriesSums("", new KeySums(), new DimensionSums(), new Dictionary<int, HyperLogLog>());
        var all = new List<SeriesSums>(keys.Count + 1) { whole };
        foreach (var (key, sums) in keys)
        {
            var day = sums.Days.Values.Single();
            whole.Sums.Add(sums);
            whole.Dimensions.Add(day);
            whole.Dimensions.AddKey(key, day.Total);
            AddTo((Dictionary<int, HyperLogLog>)whole.Visitors, sums.Visitors);
            all.Add(new SeriesSums(Encoding.UTF8.GetString(key), sums, day, sums.Visitors));
        }
        return all;
    }

    /// <summary>The sums of all its hits.</summary>
    public Tally Total => Sums.Total;

    /// <summary>How many came in any hour.</summary>
    public long AllVisitors => HyperLogLog.EstimateOf(Visitors.Values);

    private static void AddTo(Dictionary<int, HyperLogLog> target, IReadOnlyDictionary<int, HyperLogLog> hours)
    {
        foreach (var (hour, visitors) in hours)
        {
            if (!target.TryGetValue(hour, out var known))
                target[hour] = known = new HyperLogLog();
            known.Add(visitors);
        }
    }
}
