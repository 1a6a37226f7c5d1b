using StatHub.Core.Journal;
using StatHub.Core.Rollups;
using StatHub.Core.Tenants;
using StatHub.Storage.Rollups;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Commits;

/// <summary>Adds a batch's sums to the rollups, within the commit's transaction.</summary>
internal sealed class RollupWriter(Writer writer)
{
    // Room for a tenant with a million keys; when there are more, all are looked up again.
    private const int MostKnownSeries = 1_200_000;

    private static readonly KeySums Nothing = new();

    private readonly KnownSeries _series = new();
    private readonly DayWriter _days = new(writer);
    private TenantDirectory? _tenants;
    private long? _lastSeries;

    /// <summary>An erase removes series: what was known belongs to one state of the tenants.</summary>
    public void Begin(TenantDirectory tenants)
    {
        if (!ReferenceEquals(_tenants, tenants) || _series.Count >= MostKnownSeries)
            Forget();
        _tenants = tenants;
    }

    /// <summary>Forgets series whose transaction was rolled back.</summary>
    public void Forget() => _series.Clear();

    /// <summary>Orders the keys of a batch, and packs the days of few hits that it probably begins. It may be done outside of the transaction, and changes nothing.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="number">Its number.</param>
    public RollupPlan Plan(HitBatch batch, long number)
    {
        var plan = new RollupPlan(new NewDays(number), _series.Version);
        var days = new List<(int, KeySums)>();
        foreach (var tenant in batch.Tenants)
        {
            var keys = InOrder(tenant.Tenant.Number, tenant.Keys);
            plan.Keys.Add(tenant.Tenant.Number, keys);
            foreach (var key in keys)
            {
                if (key.Sums.Hits <= PackedDay.MostHits && key.Sums.OnlyDay is { } day && (key.Index is not { } index || _series[index].Day != day))
                    days.Add((day, key.Sums));
            }
        }
        plan.NewDays.Pack(days);
        return plan;
    }

    /// <summary>Adds the sums of a tenant; the series of its keys, with what is still to be written of them.</summary>
    /// <param name="tenant">The tenant's number.</param>
    /// <param name="added">What its keys have.</param>
    /// <param name="plan">What was made ready; null leaves dimensions and visitors of new days to who writes those of others.</param>
    public IReadOnlyList<KeySeries> Write(long tenant, IReadOnlyDictionary<byte[], KeySums> added, RollupPlan? plan)
    {
        if (added.Count == 0)
            return [];
        var keys = new List<KeySeries>(added.Count);
        var whole = new KeySums();
        var wholeSeries = Find(tenant, []).Series;
        foreach (var (key, sums, index) in plan?.Version == _series.Version ? plan.Keys[tenant] : InOrder(tenant, added))
        {
            ref var known = ref Add(tenant, key, index, sums);
            var isPacked = _days.Write(ref known, sums, plan?.NewDays);
            keys.Add(new KeySeries(known.Series, wholeSeries, key, sums, isPacked ? WaitsFor.Tenant : WaitsFor.Both));
            whole.Add(sums);
        }
        _days.Write(ref Add(tenant, [], null, whole), whole, null);
        NoteLastSeries();
        return keys;
    }

    /// <summary>
    /// Keys in the order in which the database has their rows, new ones in that of the index they are looked up in. Where they are many a page is needed once then, and not for
    /// each of them.
    /// </summary>
    private PlannedKey[] InOrder(long tenant, IReadOnlyDictionary<byte[], KeySums> keys)
    {
        var ordered = new PlannedKey[keys.Count];
        var series = new long[ordered.Length];
        var count = 0;
        foreach (var (key, sums) in keys)
        {
            var index = _series.Find(new KnownSeries.Name(tenant, key));
            series[count] = index is { } known ? _series[known].Series : long.MaxValue;
            ordered[count++] = new PlannedKey(key, sums, index);
        }
        Array.Sort(series, ordered);
        var firstNew = Array.IndexOf(series, long.MaxValue);
        if (firstNew >= 0)
            ordered.AsSpan(firstNew).Sort(static (left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
        return ordered;
    }

    /// <summary>The series of some keys of a tenant.</summary>
    public IReadOnlyList<KeySeries> SeriesOf(long tenant, IReadOnlyDictionary<byte[], KeySums> sums)
    {
        if (sums.Count == 0)
            return [];
        var whole = Find(tenant, []).Series;
        var series = sums.Select(key => new KeySeries(Find(tenant, key.Key).Series, whole, key.Key, key.Value)).ToList();
        NoteLastSeries();
        return series;
    }

    /// <summary>Adds to the row of a series; what is known of it. Valid until another one is looked for.</summary>
    private ref KnownSeries.Known Add(long tenant, byte[] key, int? index, KeySums sums)
    {
        var isNew = false;
        ref var known = ref index is { } at ? ref _series[at] : ref Find(tenant, key, sums, out isNew);
        if (!isNew)
        {
            writer.Sql("UPDATE series SET hits = hits + ?2, first_ms = min(first_ms, ?3), last_ms = max(last_ms, ?4) WHERE id = ?1")
                .Run(known.Series, sums.Hits, sums.First, sums.Last);
        }
        return ref known;
    }

    /// <summary>What is known of a series; one that there is not is made, without hits.</summary>
    private ref KnownSeries.Known Find(long tenant, byte[] key) => ref Find(tenant, key, Nothing, out _);

    /// <summary>What is known of a series. Valid until another one is looked for.</summary>
    /// <param name="tenant">The tenant's number.</param>
    /// <param name="key">The key; empty for the tenant as a whole.</param>
    /// <param name="first">What the row of a new series has.</param>
    /// <param name="isNew">Whether it is one.</param>
    private ref KnownSeries.Known Find(long tenant, byte[] key, KeySums first, out bool isNew)
    {
        isNew = false;
        if (_series.Find(new KnownSeries.Name(tenant, key)) is { } index)
            return ref _series[index];
        // Where there are many keys, one that was not met yet is nearly always a new one.
        isNew = TryCreate(tenant, key, first, out var series);
        if (!isNew)
            series = writer.Sql("SELECT id FROM series WHERE tenant = ?1 AND key = ?2").Number(tenant, SqlValue.Utf8(key))!.Value;
        return ref _series[_series.Add(new KnownSeries.Name(tenant, key), new KnownSeries.Known(series, isNew ? KnownSeries.Known.NoDay : KnownSeries.Known.UnknownDay))];
    }

    private bool TryCreate(long tenant, byte[] key, KeySums sums, out long series)
    {
        _lastSeries ??= writer.Sql("SELECT value FROM counter WHERE name = 'series'").Number()!.Value;
        series = _lastSeries.Value + 1;
        var isNew = writer.Sql("INSERT INTO series (id, tenant, key, hits, first_ms, last_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant, key) DO NOTHING")
            .Run(series, tenant, SqlValue.Utf8(key), sums.Hits, sums.First, sums.Last) > 0;
        if (isNew)
            _lastSeries = series;
        return isNew;
    }

    /// <summary>Others give numbers, too, in other transactions.</summary>
    private void NoteLastSeries()
    {
        if (_lastSeries is { } last)
            writer.Sql("UPDATE counter SET value = ?1 WHERE name = 'series'").Run(last);
        _lastSeries = null;
    }
}

/// <summary>What was made ready of a batch before its transaction.</summary>
/// <param name="NewDays">Days of few hits that it probably begins.</param>
/// <param name="Version">The version of the series that are known.</param>
internal sealed record RollupPlan(NewDays NewDays, int Version)
{
    /// <summary>The keys of its tenants, by their numbers, in the order in which they are written.</summary>
    public Dictionary<long, PlannedKey[]> Keys { get; } = [];
}

/// <summary>A key of a batch.</summary>
/// <param name="Key">Its bytes.</param>
/// <param name="Sums">What is added to it.</param>
/// <param name="Index">Its index among the series that are known; null where it is not known.</param>
internal readonly record struct PlannedKey(byte[] Key, KeySums Sums, int? Index);

/// <summary>What a batch adds to a key.</summary>
/// <param name="Series">The key's number.</param>
/// <param name="TenantSeries">The number of its tenant as a whole.</param>
/// <param name="Key">The bytes of the key.</param>
/// <param name="Sums">What it adds.</param>
/// <param name="WaitsFor">To what its dimensions and visitors are still to be added.</param>
internal sealed record KeySeries(long Series, long TenantSeries, byte[] Key, KeySums Sums, WaitsFor WaitsFor = WaitsFor.Both);

/// <summary>To what dimensions and visitors of a key are to be added.</summary>
internal enum WaitsFor
{
    /// <summary>To the key and to the tenant as a whole.</summary>
    Both,

    /// <summary>To the tenant as a whole: the key has them.</summary>
    Tenant,

    /// <summary>To the key: the tenant as a whole has them.</summary>
    Key,
}
