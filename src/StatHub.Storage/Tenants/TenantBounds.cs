using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Text;
using StatHub.Storage.Events;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Tenants;

/// <summary>
/// Bounds by what is committed and by what batches took that are not committed yet: one may be committed while the next is read. Nearly every
/// key is known from the last batches; the others are looked up. Belongs to the thread that reads the journal.
/// </summary>
internal sealed class TenantBounds
{
    // Room for a tenant with a million keys; when there are more, all are looked up again.
    private const int MostKnownKeys = 1_200_000;
    private const int MostKnownDays = 100_000;

    private readonly ReadPool _readers;
    private readonly KeyPlaces _places = new();
    private readonly HashSet<KeyPlace>.AlternateLookup<KeyName> _keys;
    private readonly Dictionary<long, int> _knownKeys = [];
    private readonly Dictionary<long, long> _keyCounts = [];
    private readonly Dictionary<(long Tenant, int Day), long> _hits = [];
    private readonly List<Taken> _outstanding = [];
    private int _learnedDays;

    public TenantBounds(ReadPool readers)
    {
        _readers = readers;
        _keys = new HashSet<KeyPlace>(_places).GetAlternateLookup<KeyName>();
    }

    /// <summary>A batch is to be read.</summary>
    public Taken Begin()
    {
        var taken = new Taken(this);
        _outstanding.Add(taken);
        return taken;
    }

    /// <summary>A batch is committed.</summary>
    public void Committed(Taken batch)
    {
        _outstanding.Remove(batch);
        if (batch.IsOfEarlierTenants)
        {
            // They may have changed behind its commit.
            foreach (var tenant in batch.Keys.Keys)
                _keyCounts.Remove(tenant);
            foreach (var of in batch.Hits.Keys)
                _hits.Remove(of);
            return;
        }
        foreach (var (tenant, keys) in batch.Keys)
        {
            if (_keyCounts.TryGetValue(tenant, out var before))
                _keyCounts[tenant] = before + keys.Count;
            foreach (var key in keys)
                Learn(tenant, key);
        }
        foreach (var (of, count) in batch.Hits)
        {
            if (_hits.TryGetValue(of, out var before))
                _hits[of] = before + count;
        }
    }

    /// <summary>A pass begins. What the one before read and did not settle is read again, or was committed when it failed: nothing is sure then.</summary>
    public void BeginPass()
    {
        if (_outstanding.Count > 0)
            Forget();
    }

    /// <summary>
    /// Tenants were changed: what is committed is asked for again. What outstanding batches took of is not asked for before they are settled: they may be
    /// committed by now, and would be counted twice.
    /// </summary>
    public void TenantsChanged()
    {
        ForgetKeys();
        foreach (var tenant in _keyCounts.Keys.Where(tenant => !_outstanding.Exists(batch => batch.Keys.ContainsKey(tenant))))
            _keyCounts.Remove(tenant);
        ForgetDays();
        foreach (var batch in _outstanding)
            batch.IsOfEarlierTenants = true;
    }

    /// <summary>What was read is not committed: a failure.</summary>
    public void Forget()
    {
        _outstanding.Clear();
        ForgetKeys();
        _keyCounts.Clear();
        _hits.Clear();
        _learnedDays = 0;
    }

    private bool IsKnown(long tenant, ReadOnlySpan<byte> key)
    {
        if (_keys.Contains(new KeyName(tenant, key)))
            return true;
        if (IsAll(tenant) || !Exists(tenant, key))
            return false;
        Learn(tenant, key);
        return true;
    }

    /// <summary>Whether no committed key is missing: then another one need not be looked up.</summary>
    private bool IsAll(long tenant) => _keyCounts.TryGetValue(tenant, out var count) && count <= _knownKeys.GetValueOrDefault(tenant);

    private void Learn(long tenant, ReadOnlySpan<byte> key)
    {
        if (_keys.Set.Count >= MostKnownKeys)
            ForgetKeys();
        if (_keys.Add(new KeyName(tenant, key)))
            _knownKeys[tenant] = _knownKeys.GetValueOrDefault(tenant) + 1;
    }

    private void ForgetKeys()
    {
        _keys.Set.Clear();
        _places.Clear();
        _knownKeys.Clear();
    }

    private long CommittedKeys(long tenant)
    {
        if (_keyCounts.TryGetValue(tenant, out var count))
            return count;
        return _keyCounts[tenant] = CountKeys(tenant);
    }

    private long CountKeys(long tenant) => _readers.Ask(reader => reader.Sql(
        "SELECT count(*) FROM series WHERE tenant = ?1 AND key NOT IN ('', ?2)").Number(tenant, HitKey.Overflow.ToString())) ?? 0;

    private long CommittedHits(long tenant, int day)
    {
        if (_hits.TryGetValue((tenant, day), out var count))
            return count;
        if (++_learnedDays > MostKnownDays)
            ForgetDays();
        return _hits[(tenant, day)] = _readers.Ask(reader => reader.Sql(
            "SELECT hits FROM day WHERE series = (SELECT id FROM series WHERE tenant = ?1 AND key = '') AND day = ?2").Number(tenant, day)) ?? 0;
    }

    private bool IsCommitted(long tenant, UInt128 id) => _readers.Ask(reader => EventTable.Find(reader, tenant, id)) is not null;

    /// <summary>What a batch has taken of stays: it may be committed by now, and is added when that is told.</summary>
    private void ForgetDays()
    {
        foreach (var of in _hits.Keys.Where(of => !_outstanding.Exists(batch => batch.Hits.ContainsKey(of))))
            _hits.Remove(of);
        _learnedDays = 0;
    }

    private bool Exists(long tenant, ReadOnlySpan<byte> key)
    {
        var text = key.ToArray();
        return _readers.Ask(reader => reader.Sql("SELECT 1 FROM series WHERE tenant = ?1 AND key = ?2").Number(tenant, SqlValue.Utf8(text))) is not null;
    }

    /// <summary>What one batch took.</summary>
    internal sealed class Taken(TenantBounds bounds) : ITenantBounds
    {
        public Dictionary<long, HashSet<byte[]>> Keys { get; } = [];

        public Dictionary<(long Tenant, int Day), long> Hits { get; } = [];

        public HashSet<(long Tenant, UInt128 Id)> Events { get; } = [];

        /// <summary>Tenants were changed since it began.</summary>
        public bool IsOfEarlierTenants { get; set; }

        // Most tenants have no quota; asking for one takes an object a hit.
        public bool TakesHit(TenantEntry tenant, int day) =>
            tenant.HitsPerDay == long.MaxValue || TakesHit((tenant.Number, day), tenant.HitsPerDay);

        public bool HasEvent(TenantEntry tenant, UInt128 id) =>
            bounds._outstanding.Exists(batch => batch.Events.Contains((tenant.Number, id))) || bounds.IsCommitted(tenant.Number, id);

        public void AddEvent(TenantEntry tenant, UInt128 id) => Events.Add((tenant.Number, id));

        public bool TakesKey(TenantEntry tenant, byte[] key)
        {
            if (bounds.IsKnown(tenant.Number, key))
                return true;
            var keys = bounds.CommittedKeys(tenant.Number);
            // No object is taken here: where keys are many this is asked for nearly every hit.
            foreach (var batch in bounds._outstanding)
            {
                if (!batch.Keys.TryGetValue(tenant.Number, out var taken))
                    continue;
                if (taken.Contains(key))
                    return true;
                keys += taken.Count;
            }
            if (keys >= tenant.KeyLimit)
                return false;
            if (!Keys.TryGetValue(tenant.Number, out var own))
                Keys[tenant.Number] = own = new HashSet<byte[]>(BytesComparer.Instance);
            own.Add(key);
            return true;
        }

        private bool TakesHit((long Tenant, int Day) of, long quota)
        {
            if (bounds.CommittedHits(of.Tenant, of.Day) + bounds._outstanding.Sum(batch => batch.Hits.GetValueOrDefault(of)) >= quota)
                return false;
            Hits[of] = Hits.GetValueOrDefault(of) + 1;
            return true;
        }
    }
}
