using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Sketches;
using StatHub.Storage.Rollups;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Commits;

/// <summary>
/// The keys of a batch in the order in which they are written, and the days of few hits that it probably begins, each packed (<see cref="PackedDay"/>). With many keys there are
/// tens of thousands of them, so they are made ready side by side before the transaction, whose statements only one thread can run.
/// </summary>
internal sealed class RollupPlan : IDisposable
{
    private const int SideBySide = 256;

    private readonly Dictionary<long, (int Start, int Count)> _tenants = [];
    private PlannedKey[] _keys;

    /// <summary>Plans a batch; what is known of series does not change meanwhile.</summary>
    /// <param name="tenants">The keys of each tenant, by its number.</param>
    /// <param name="known">What is known of their series.</param>
    /// <param name="batch">The number of the batch; null leaves dimensions and visitors of new days to who writes those of others.</param>
    public RollupPlan(IReadOnlyCollection<(long Tenant, IReadOnlyDictionary<byte[], KeySums> Keys)> tenants, KnownSeries known, long? batch)
    {
        var count = tenants.Sum(tenant => tenant.Keys.Count);
        (_keys, Version, Batch) = (ArrayPool<PlannedKey>.Shared.Rent(count), known.Version, batch ?? 0);
        var series = ArrayPool<long>.Shared.Rent(count);
        var start = 0;
        foreach (var (tenant, keys) in tenants)
        {
            var part = (start, keys.Count);
            _tenants.Add(tenant, part);
            Order(tenant, keys, known, series.AsSpan(start, keys.Count), _keys.AsSpan(start, keys.Count));
            start += keys.Count;
        }
        ArrayPool<long>.Shared.Return(series);
        if (batch is not null)
            Pack(known, count);
    }

    /// <summary>The version of what was known.</summary>
    public int Version { get; }

    /// <summary>The number of the batch: what is packed has it.</summary>
    public long Batch { get; }

    /// <summary>The keys of a tenant.</summary>
    public ReadOnlySpan<PlannedKey> KeysOf(long tenant) => _tenants.TryGetValue(tenant, out var part) ? _keys.AsSpan(part.Start, part.Count) : [];

    public void Dispose()
    {
        ArrayPool<PlannedKey>.Shared.Return(_keys, clearArray: true);
        _keys = [];
        _tenants.Clear();
    }

    /// <summary>
    /// Known keys in the order in which the database has their rows, then new ones in that of the index they are looked up in. Where they are many a page is needed once then, and not for
    /// each of them.
    /// </summary>
    private static void Order(long tenant, IReadOnlyDictionary<byte[], KeySums> keys, KnownSeries known, Span<long> series, Span<PlannedKey> ordered)
    {
        var count = 0;
        foreach (var (key, sums) in keys)
        {
            var index = known.Find(new KeyName(tenant, key));
            series[count] = index is { } at ? known[at].Series : long.MaxValue;
            ordered[count++] = new PlannedKey(key, sums, index);
        }
        series.Sort(ordered);
        var firstNew = series.IndexOf(long.MaxValue);
        if (firstNew >= 0)
            ordered[firstNew..].Sort(static (left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
    }

    private void Pack(KnownSeries known, int count)
    {
        if (count == 0)
            return;
        Parallel.ForEach(Partitioner.Create(0, count, SideBySide), range =>
        {
            var writer = new PackedDayWriter();
            foreach (ref var key in _keys.AsSpan(range.Item1..range.Item2))
            {
                if (key.Sums.Hits <= PackedDay.MostHits && key.Sums.OnlyDay is { } day && (key.Index is not { } index || known[index].Day != day))
                    key.NewDay = Pack(writer, day, key.Sums);
            }
        });
    }

    private static NewDay Pack(PackedDayWriter writer, int day, KeySums sums)
    {
        var hours = PackedHours.Write(sums.Hours.ToArray());
        return sums.TryFindOnlyHit(out var hit)
            ? new(day, hit.Sums, writer.Write(hit).ToArray(), hit.Visitor is null ? 0 : 1, hours)
            : new(day, sums.Total, writer.Write(sums.Days[day], sums.Visitors).ToArray(), HyperLogLog.EstimateOf(sums.Visitors.Values), hours);
    }
}

/// <summary>A key of a batch.</summary>
/// <param name="Key">Its bytes.</param>
/// <param name="Sums">What is added to it.</param>
/// <param name="Index">Its index among the series that are known; null where it is not known.</param>
[StructLayout(LayoutKind.Auto)]
internal record struct PlannedKey(byte[] Key, KeySums Sums, int? Index)
{
    /// <summary>The day of few hits that it probably begins.</summary>
    public NewDay? NewDay { get; set; }
}

/// <summary>All that a day of few hits has.</summary>
/// <param name="Day">UTC days since 1970.</param>
/// <param name="Total">The sums of all hits.</param>
/// <param name="Packed">Its dimensions and visitors.</param>
/// <param name="Visitors">How many visitors it has.</param>
/// <param name="Hours">Its hours, as <see cref="PackedHours"/> has them.</param>
internal sealed record NewDay(int Day, Tally Total, byte[] Packed, long Visitors, byte[] Hours);
