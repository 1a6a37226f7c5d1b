using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Tenants;
using StatHub.Core.Text;
using StatHub.Core.Time;

namespace StatHub.Core.Journal;

/// <summary>
/// What a stretch of the journal adds to the store: sums, raw lines and outcomes. It is applied whole or not at all.
/// </summary>
public sealed class HitBatch : IDisposable
{
    private const int MostSamples = 100;

    private readonly Dictionary<TenantEntry, TenantBatch> _tenants = [];
    private readonly List<RejectedSample> _samples = [];

    /// <summary>What it adds to each tenant.</summary>
    public IReadOnlyCollection<TenantBatch> Tenants => _tenants.Values;

    /// <summary>Outcomes of lines that belong to no known tenant, by reason.</summary>
    public long[] Unowned { get; } = new long[RejectReasons.Count];

    /// <summary>The first refused lines.</summary>
    public IReadOnlyList<RejectedSample> Samples => _samples;

    /// <summary>How many lines have an outcome.</summary>
    public long Lines { get; private set; }

    /// <summary>Gives the memory of its raw lines back.</summary>
    public void Dispose()
    {
        foreach (var lines in _tenants.Values.SelectMany(tenant => tenant.Days.Values))
            lines.Dispose();
        _tenants.Clear();
    }

    internal TenantBatch Tenant(TenantEntry entry)
    {
        if (!_tenants.TryGetValue(entry, out var tenant))
            _tenants[entry] = tenant = new TenantBatch(entry);
        return tenant;
    }

    internal void Note(TenantEntry? owner, RejectReason outcome)
    {
        Lines++;
        var outcomes = owner is null ? Unowned : Tenant(owner).Outcomes;
        outcomes[(int)outcome]++;
    }

    internal void Keep(RejectReason reason, string file, long offset, ReadOnlySpan<byte> line)
    {
        if (_samples.Count < MostSamples)
            _samples.Add(new RejectedSample(reason, file, offset, line[..Math.Min(line.Length, RejectedSample.MostBytes)].ToArray()));
    }
}

/// <summary>What a batch adds to one tenant.</summary>
public sealed class TenantBatch(TenantEntry tenant)
{
    private readonly Dictionary<byte[], KeySums> _keys = new(BytesComparer.Instance);
    private readonly HashSet<byte[]> _refusedKeys = new(BytesComparer.Instance);
    private readonly Dictionary<int, RawLines> _days = [];

    /// <summary>The tenant.</summary>
    public TenantEntry Tenant { get; } = tenant;

    /// <summary>Sums by the bytes of the key.</summary>
    public IReadOnlyDictionary<byte[], KeySums> Keys => _keys;

    /// <summary>Raw lines by UTC day since 1970.</summary>
    public IReadOnlyDictionary<int, RawLines> Days => _days;

    /// <summary>Outcomes by reason; those with <see cref="RejectReason.None"/> are counted.</summary>
    public long[] Outcomes { get; } = new long[RejectReasons.Count];

    /// <summary>The sums of a key; where the tenant may have no more keys those of the overflow key, whose bytes <paramref name="key"/> has then.</summary>
    internal KeySums Key(ref ReadOnlySpan<byte> key, ITenantBounds bounds)
    {
        var lookup = _keys.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(key, out var sums))
            return sums;
        var refused = _refusedKeys.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (refused.Contains(key) || !bounds.TakesKey(Tenant, key))
        {
            refused.Add(key);
            key = HitKey.OverflowUtf8;
            if (lookup.TryGetValue(key, out sums))
                return sums;
        }
        return lookup[key] = new KeySums();
    }

    internal RawLines Day(long unixMilliseconds)
    {
        var day = UtcDay.OfMilliseconds(unixMilliseconds);
        if (!_days.TryGetValue(day, out var lines))
            _days[day] = lines = new RawLines();
        return lines;
    }
}

/// <summary>A refused line, as it stands in the journal.</summary>
/// <param name="Reason">Why.</param>
/// <param name="File">The file's name.</param>
/// <param name="Offset">Where the line begins, in bytes.</param>
/// <param name="Line">Its first bytes.</param>
public sealed record RejectedSample(RejectReason Reason, string File, long Offset, byte[] Line)
{
    /// <summary>At most so many bytes are kept.</summary>
    public const int MostBytes = 1000;
}
