using System.Text;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Storage.Commits;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Tenants;

/// <summary>
/// Bounds by what is committed. Nearly every key is known from the last commits; the others are looked up. What a batch took is kept apart
/// until it is committed, so that a batch that is read again takes it once.
/// </summary>
internal sealed class TenantBounds(ReadPool readers, RollupWriter rollups) : ITenantBounds
{
    private const int MostKnown = 10_000;

    private readonly Dictionary<long, long> _keys = [];
    private readonly Dictionary<(long Tenant, int Day), long> _hits = [];
    private readonly Dictionary<long, long> _takenKeys = [];
    private readonly Dictionary<(long Tenant, int Day), long> _takenHits = [];

    public bool TakesHit(TenantEntry tenant, int day)
    {
        if (tenant.HitsPerDay == long.MaxValue)
            return true;
        var of = (tenant.Number, day);
        if (!_hits.TryGetValue(of, out var committed))
            _hits[of] = committed = CountHits(tenant.Number, day);
        return Take(_takenHits, of, committed, tenant.HitsPerDay);
    }

    public bool TakesKey(TenantEntry tenant, ReadOnlySpan<byte> key)
    {
        if (rollups.Knows(tenant.Number, key) || Exists(tenant.Number, key))
            return true;
        if (!_keys.TryGetValue(tenant.Number, out var committed))
            _keys[tenant.Number] = committed = CountKeys(tenant.Number);
        return Take(_takenKeys, tenant.Number, committed, tenant.KeyLimit);
    }

    /// <summary>A batch is to be read: what another took that was not committed is free again.</summary>
    public void Begin()
    {
        _takenKeys.Clear();
        _takenHits.Clear();
        if (_hits.Count > MostKnown)
            _hits.Clear();
        if (_keys.Count > MostKnown)
            _keys.Clear();
    }

    /// <summary>The batch that was read last is committed.</summary>
    public void Committed()
    {
        Add(_keys, _takenKeys);
        Add(_hits, _takenHits);
        Begin();
    }

    /// <summary>What is committed may have changed in another way: a failure, an erase.</summary>
    public void Forget()
    {
        Begin();
        _keys.Clear();
        _hits.Clear();
    }

    private static bool Take<T>(Dictionary<T, long> taken, T of, long committed, long most)
        where T : notnull
    {
        var before = taken.GetValueOrDefault(of);
        if (committed + before >= most)
            return false;
        taken[of] = before + 1;
        return true;
    }

    private static void Add<T>(Dictionary<T, long> committed, Dictionary<T, long> taken)
        where T : notnull
    {
        foreach (var (of, count) in taken)
        {
            if (committed.TryGetValue(of, out var before))
                committed[of] = before + count;
        }
    }

    private bool Exists(long tenant, ReadOnlySpan<byte> key)
    {
        var text = Encoding.UTF8.GetString(key);
        return readers.Ask(reader => reader.Sql("SELECT 1 FROM series WHERE tenant = ?1 AND key = ?2").Number(tenant, text)) is not null;
    }

    private long CountKeys(long tenant) => readers.Ask(reader => reader.Sql(
        "SELECT count(*) FROM series WHERE tenant = ?1 AND key NOT IN ('', ?2)").Number(tenant, HitKey.Overflow.ToString())) ?? 0;

    private long CountHits(long tenant, int day) => readers.Ask(reader => reader.Sql(
        "SELECT hits FROM day WHERE series = (SELECT id FROM series WHERE tenant = ?1 AND key = '') AND day = ?2").Number(tenant, day)) ?? 0;
}
