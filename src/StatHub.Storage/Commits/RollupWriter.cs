using System.Text;
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
        if (!ReferenceEquals(_tenants, tenants))
            Forget();
        _tenants = tenants;
    }

    /// <summary>Forgets series whose transaction was rolled back.</summary>
    public void Forget() => _series.Clear();

    /// <summary>Packs the days of few hits that a batch probably begins. It may be done outside of the transaction, and changes nothing.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="number">Its number.</param>
    public NewDays Pack(HitBatch batch, long number)
    {
        var days = new List<(int, KeySums)>();
        foreach (var tenant in batch.Tenants)
        {
            foreach (var (key, sums) in tenant.Keys)
            {
                if (sums.Hits <= PackedDay.MostHits && sums.OnlyDay is { } day && !_series.HasDay(new KnownSeries.Name(tenant.Tenant.Number, key), day))
                    days.Add((day, sums));
            }
        }
        var packed = new NewDays(number);
        packed.Pack(days);
        return packed;
    }

    /// <summary>Adds the sums of a tenant; the series of its keys, with what is still to be written of them.</summary>
    /// <param name="tenant">The tenant's number.</param>
    /// <param name="added">What its keys have.</param>
    /// <param name="newDays">Packs new days of few hits at once; null leaves that to who writes dimensions.</param>
    public IReadOnlyList<KeySeries> Write(long tenant, IReadOnlyDictionary<byte[], KeySums> added, NewDays? newDays)
    {
        if (added.Count == 0)
            return [];
        var keys = new List<KeySeries>(added.Count);
        var whole = new KeySums();
        var wholeSeries = Find(tenant, []).Series;
        foreach (var (key, sums) in InOrder(tenant, added))
        {
            ref var known = ref Add(tenant, key, sums);
            var isPacked = _days.Write(ref known, sums, newDays);
            keys.Add(new KeySeries(known.Series, wholeSeries, key, sums, isPacked ? WaitsFor.Tenant : WaitsFor.Both));
            whole.Add(sums);
        }
        _days.Write(ref Add(tenant, [], whole), whole, null);
        NoteLastSeries();
        return keys;
    }

    /// <summary>
    /// Keys in the order in which the database has their rows, new ones in that of the index they are looked up in. Where they are many a page is needed once then, and not for
    /// each of them.
    /// </summary>
    private KeyValuePair<byte[], KeySums>[] InOrder(long tenant, IReadOnlyDictionary<byte[], KeySums> keys)
    {
        KeyValuePair<byte[], KeySums>[] ordered = [.. keys];
        var series = new long[ordered.Length];
        for (var i = 0; i < ordered.Length; i++)
            series[i] = _series.NumberOf(new KnownSeries.Name(tenant, ordered[i].Key)) ?? long.MaxValue;
        Array.Sort(series, ordered);
        var known = Array.IndexOf(series, long.MaxValue);
        if (known >= 0)
            ordered.AsSpan(known).Sort(static (left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
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
    private ref KnownSeries.Known Add(long tenant, byte[] key, KeySums sums)
    {
        ref var known = ref Find(tenant, key, sums, out var isNew);
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
        if (_series.Count >= MostKnownSeries)
            Forget();
        ref var known = ref _series.Find(new KnownSeries.Name(tenant, key), out var isKnown);
        if (isKnown)
            return ref known;
        var text = Encoding.UTF8.GetString(key);
        // Where there are many keys, one that was not met yet is nearly always a new one.
        isNew = TryCreate(tenant, text, first, out var series);
        known = new KnownSeries.Known(isNew ? series : writer.Sql("SELECT id FROM series WHERE tenant = ?1 AND key = ?2").Number(tenant, text)!.Value, -1);
        return ref known;
    }

    private bool TryCreate(long tenant, string key, KeySums sums, out long series)
    {
        _lastSeries ??= writer.Sql("SELECT value FROM counter WHERE name = 'series'").Number()!.Value;
        series = _lastSeries.Value + 1;
        var isNew = writer.Sql("INSERT INTO series (id, tenant, key, hits, first_ms, last_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant, key) DO NOTHING")
            .Run(series, tenant, key, sums.Hits, sums.First, sums.Last) > 0;
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
