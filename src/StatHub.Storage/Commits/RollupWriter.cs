using StatHub.Core.Journal;
using StatHub.Core.Rollups;
using StatHub.Core.Tenants;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

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

    /// <summary>Makes a batch ready. It may be done outside of the transaction, and changes nothing.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="number">Its number.</param>
    public RollupPlan Plan(HitBatch batch, long number) => new([.. batch.Tenants.Select(tenant => (tenant.Tenant.Number, tenant.Keys))], _series, number);

    /// <summary>Makes hits of a tenant ready whose dimensions and visitors are not packed with them.</summary>
    public RollupPlan Plan(long tenant, IReadOnlyDictionary<byte[], KeySums> keys) => new([(tenant, keys)], _series, null);

    /// <summary>Whether series are still those that were known when it was made.</summary>
    public bool IsCurrent(RollupPlan plan) => plan.Version == _series.Version;

    /// <summary>Adds the sums of a tenant.</summary>
    /// <param name="tenant">The tenant's number.</param>
    /// <param name="plan">What was made ready, of series as they are known now.</param>
    /// <param name="written">Gets the series of its keys, with what is still to be written of them.</param>
    public void Write(long tenant, RollupPlan plan, List<KeySeries> written)
    {
        var keys = plan.KeysOf(tenant);
        if (keys.IsEmpty)
            return;
        var whole = new KeySums();
        var wholeSeries = Find(tenant, []).Series;
        foreach (ref readonly var key in keys)
        {
            ref var known = ref Add(tenant, key);
            var isPacked = _days.Write(ref known, key.Sums, key.NewDay, plan.Batch);
            written.Add(new KeySeries(known.Series, wholeSeries, key.Key, key.Sums, isPacked ? WaitsFor.Tenant : WaitsFor.Both));
            whole.Add(key.Sums);
        }
        _days.Write(ref Add(tenant, new PlannedKey([], whole, _series.Find(new KeyName(tenant, [])))), whole, null, 0);
        NoteLastSeries();
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
    private ref KnownSeries.Known Add(long tenant, in PlannedKey key)
    {
        var isNew = false;
        ref var known = ref key.Index is { } index ? ref _series[index] : ref Learn(tenant, key.Key, key.Sums, out isNew);
        if (!isNew)
        {
            writer.Sql("UPDATE series SET hits = hits + ?2, first_ms = min(first_ms, ?3), last_ms = max(last_ms, ?4) WHERE id = ?1")
                .Run(known.Series, key.Sums.Hits, key.Sums.First, key.Sums.Last);
        }
        return ref known;
    }

    /// <summary>What is known of a series; one that there is not is made, without hits. Valid until another one is looked for.</summary>
    private ref KnownSeries.Known Find(long tenant, byte[] key)
    {
        if (_series.Find(new KeyName(tenant, key)) is { } index)
            return ref _series[index];
        return ref Learn(tenant, key, Nothing, out _);
    }

    /// <summary>Gets to know a series. Valid until another one is looked for.</summary>
    /// <param name="tenant">The tenant's number.</param>
    /// <param name="key">The key; empty for the tenant as a whole.</param>
    /// <param name="first">What the row of a new series has.</param>
    /// <param name="isNew">Whether it is one.</param>
    private ref KnownSeries.Known Learn(long tenant, byte[] key, KeySums first, out bool isNew)
    {
        // Where there are many keys, one that was not met yet is nearly always a new one.
        isNew = TryCreate(tenant, key, first, out var series);
        if (!isNew)
            series = writer.Sql("SELECT id FROM series WHERE tenant = ?1 AND key = ?2").Number(tenant, SqlValue.Utf8(key))!.Value;
        return ref _series[_series.Add(new KeyName(tenant, key), new KnownSeries.Known(series, isNew ? KnownSeries.Known.NoDay : KnownSeries.Known.UnknownDay))];
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

/// <summary>What a batch adds to a key.</summary>
/// <param name="Series">The key's number.</param>
/// <param name="TenantSeries">The number of its tenant as a whole.</param>
/// <param name="Key">The bytes of the key.</param>
/// <param name="Sums">What it adds.</param>
/// <param name="WaitsFor">To what its dimensions and visitors are still to be added.</param>
internal readonly record struct KeySeries(long Series, long TenantSeries, byte[] Key, KeySums Sums, WaitsFor WaitsFor = WaitsFor.Both);

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
