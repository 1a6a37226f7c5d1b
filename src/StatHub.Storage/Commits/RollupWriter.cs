using System.Text;
using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Tenants;
using StatHub.Core.Text;
using StatHub.Storage.Rollups;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Commits;

/// <summary>Adds a batch's sums to the rollups, within the commit's transaction.</summary>
internal sealed class RollupWriter(Writer writer)
{
    private const int MostKnownSeries = 200_000;

    private readonly Dictionary<long, Dictionary<byte[], long>> _series = [];
    private TenantDirectory? _tenants;
    private int _known;

    /// <summary>An erase removes series: what was known belongs to one state of the tenants.</summary>
    public void Begin(TenantDirectory tenants)
    {
        if (!ReferenceEquals(_tenants, tenants))
            Forget();
        _tenants = tenants;
    }

    /// <summary>Forgets series whose transaction was rolled back.</summary>
    public void Forget()
    {
        _series.Clear();
        _known = 0;
    }

    /// <summary>Adds the sums of a tenant; the series of its keys.</summary>
    public IReadOnlyList<KeySeries> Write(long tenant, IReadOnlyDictionary<byte[], KeySums> added)
    {
        var keys = SeriesOf(tenant, added);
        var whole = new KeySums();
        foreach (var key in keys)
        {
            Write(key.Series, key.Sums);
            whole.Add(key.Sums);
        }
        if (keys.Count > 0)
            Write(keys[0].TenantSeries, whole);
        return keys;
    }

    /// <summary>The series of some keys of a tenant.</summary>
    public IReadOnlyList<KeySeries> SeriesOf(long tenant, IReadOnlyDictionary<byte[], KeySums> sums)
    {
        if (sums.Count == 0)
            return [];
        var whole = SeriesOf(tenant, (byte[])[]);
        return [.. sums.Select(key => new KeySeries(SeriesOf(tenant, key.Key), whole, key.Key, key.Value))];
    }

    private void Write(long series, KeySums sums)
    {
        writer.Sql("UPDATE series SET hits = hits + ?2, first_ms = min(first_ms, ?3), last_ms = max(last_ms, ?4) WHERE id = ?1")
            .Run(series, sums.Hits, sums.First, sums.Last);
        foreach (var day in sums.Hours.GroupBy(hour => hour.Key / 24))
        {
            var total = new Tally(0, 0, ValueSum.Zero);
            foreach (var (hour, minutes) in day)
                total += WriteHour(series, hour, minutes);
            var value = SplitValue.Of(total.Value);
            writer.Sql(
                """
                INSERT INTO day (series, day, hits, bots, value_e9, value_rest) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT (series, day) DO UPDATE SET hits = hits + excluded.hits, bots = bots + excluded.bots,
                    value_e9 = value_e9 + excluded.value_e9, value_rest = value_rest + excluded.value_rest
                """).Run(series, day.Key, total.Hits, total.Bots, value.E9, value.Rest);
            writer.Sql(
                """
                INSERT INTO month (series, month, hits, bots, value_e9, value_rest) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT (series, month) DO UPDATE SET hits = hits + excluded.hits, bots = bots + excluded.bots,
                    value_e9 = value_e9 + excluded.value_e9, value_rest = value_rest + excluded.value_rest
                """).Run(series, CalendarMonth.OfDay(day.Key), total.Hits, total.Bots, value.E9, value.Rest);
        }
    }

    /// <summary>Merges minutes into the hour's row; the sums that were added.</summary>
    private Tally WriteHour(long series, int hour, MinuteSums added)
    {
        var merged = added;
        using (var rows = writer.Sql("SELECT minutes FROM hour WHERE series = ?1 AND hour = ?2").Rows(series, hour))
        {
            if (rows.Read())
            {
                merged = new MinuteSums();
                MinuteBlob.AddTo(rows.Blob(0), merged);
                merged.Add(added);
            }
        }
        var total = merged.Total();
        var split = SplitValue.Of(total.Value);
        writer.Sql(
            """
            INSERT INTO hour (series, hour, hits, bots, value_e9, value_rest, minutes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (series, hour) DO UPDATE SET hits = excluded.hits, bots = excluded.bots,
                value_e9 = excluded.value_e9, value_rest = excluded.value_rest, minutes = excluded.minutes
            """).Run(series, hour, total.Hits, total.Bots, split.E9, split.Rest, MinuteBlob.Write(merged));
        return added.Total();
    }

    private long SeriesOf(long tenant, byte[] key)
    {
        if (!_series.TryGetValue(tenant, out var keys))
            _series[tenant] = keys = new Dictionary<byte[], long>(BytesComparer.Instance);
        if (keys.TryGetValue(key, out var series))
            return series;
        if (_known++ >= MostKnownSeries)
        {
            Forget();
            return SeriesOf(tenant, key);
        }
        var text = Encoding.UTF8.GetString(key);
        var found = writer.Sql("SELECT id FROM series WHERE tenant = ?1 AND key = ?2").Number(tenant, text)
            ?? Create(tenant, text);
        return keys[key] = found;
    }

    private long Create(long tenant, string key)
    {
        var series = writer.Sql("UPDATE counter SET value = value + 1 WHERE name = 'series' RETURNING value").Number()!.Value;
        writer.Sql("INSERT INTO series (id, tenant, key, hits, first_ms, last_ms) VALUES (?1, ?2, ?3, 0, ?4, ?5)")
            .Run(series, tenant, key, long.MaxValue, long.MinValue);
        return series;
    }
}

/// <summary>What a batch adds to a key.</summary>
/// <param name="Series">The key's number.</param>
/// <param name="TenantSeries">The number of its tenant as a whole.</param>
/// <param name="Key">The bytes of the key.</param>
/// <param name="Sums">What it adds.</param>
internal sealed record KeySeries(long Series, long TenantSeries, byte[] Key, KeySums Sums);
