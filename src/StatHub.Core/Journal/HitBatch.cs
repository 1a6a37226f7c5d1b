using StatHub.Core.Dimensions;
using StatHub.Core.Events;
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
    private const int MostSamples = 20;

    // All of one directory, so that one tenant is one object.
    private readonly Dictionary<TenantEntry, TenantBatch> _tenants = new(ReferenceEqualityComparer.Instance);
    private readonly LineBlocks _lines = new(LineBlocks.BatchBlockBytes);
    private readonly UnsummedHits _hits = new();
    private readonly List<RejectedSample> _samples = [];
    private readonly int[] _samplesOf = new int[RejectReasons.Count];

    /// <summary>What it adds to each tenant.</summary>
    public IReadOnlyCollection<TenantBatch> Tenants => _tenants.Values;

    /// <summary>Outcomes of lines that belong to no known tenant, by reason.</summary>
    public long[] Unowned { get; } = new long[RejectReasons.Count];

    /// <summary>The first refused lines of each reason.</summary>
    public IReadOnlyList<RejectedSample> Samples => _samples;

    /// <summary>How many lines have an outcome.</summary>
    public long Lines { get; private set; }

    /// <summary>Gives the memory of its raw lines and hits back.</summary>
    public void Dispose()
    {
        _lines.Dispose();
        _hits.Dispose();
        _tenants.Clear();
    }

    internal TenantBatch Tenant(TenantEntry entry)
    {
        if (!_tenants.TryGetValue(entry, out var tenant))
            _tenants[entry] = tenant = new TenantBatch(entry, _lines, _hits);
        return tenant;
    }

    internal void Note(TenantBatch? owner, RejectReason outcome)
    {
        Lines++;
        var outcomes = owner is null ? Unowned : owner.Outcomes;
        outcomes[(int)outcome]++;
    }

    internal void Keep(RejectReason reason, string file, long offset, ReadOnlySpan<byte> line)
    {
        if (_samplesOf[(int)reason]++ < MostSamples)
            _samples.Add(new RejectedSample(reason, file, offset, line[..Math.Min(line.Length, RejectedSample.MostBytes)].ToArray()));
    }
}

/// <summary>What a batch adds to one tenant.</summary>
public sealed class TenantBatch
{
    private readonly LineBlocks _lines;
    private readonly UnsummedHits _hits;
    private readonly Dictionary<byte[], KeySums>.AlternateLookup<ReadOnlySpan<byte>> _keys =
        new Dictionary<byte[], KeySums>(BytesComparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();
    private readonly Dictionary<int, RawLines> _days = [];
    private UnsummedHits.OfTenant _unsummed = new();

    // Most tenants have none of these.
    private HashSet<byte[]>? _refusedKeys;
    private List<ChosenEvent>? _events;
    private RawLines? _lastDay;
    private int _lastDayNumber;

    internal TenantBatch(TenantEntry tenant, LineBlocks lines, UnsummedHits hits) => (Tenant, _lines, _hits) = (tenant, lines, hits);

    /// <summary>The tenant.</summary>
    public TenantEntry Tenant { get; }

    /// <summary>Sums by the bytes of the key, of all hits that were added.</summary>
    public IReadOnlyDictionary<byte[], KeySums> Keys
    {
        get
        {
            Sum();
            return _keys.Dictionary;
        }
    }

    /// <summary>How many keys it has sums of.</summary>
    public int KeyCount => _keys.Dictionary.Count;

    /// <summary>Raw lines by UTC day since 1970.</summary>
    public IReadOnlyDictionary<int, RawLines> Days => _days;

    /// <summary>Events that clients gave a name.</summary>
    public IReadOnlyList<ChosenEvent> Events => _events ?? [];

    /// <summary>Outcomes by reason; those with <see cref="RejectReason.None"/> are counted.</summary>
    public long[] Outcomes { get; } = new long[RejectReasons.Count];

    /// <summary>Sums what was added and is not summed yet; <see cref="Keys"/> does it too.</summary>
    public void Sum() => _unsummed.Sum(_hits);

    /// <summary>Adds a hit to the sums of a key of this tenant.</summary>
    internal void Add(KeySums key, long unixMilliseconds, long millionths, HitDimensions labels) => _unsummed.Add(_hits, key, unixMilliseconds, millionths, labels);

    /// <summary>Adds an event whose name is its tenant's from now on.</summary>
    internal void Add(ChosenEvent chosen, ITenantBounds bounds)
    {
        (_events ??= []).Add(chosen);
        bounds.AddEvent(Tenant, chosen.Id);
    }

    /// <summary>The sums of a key; where the tenant may have no more keys those of the overflow key, whose bytes <paramref name="key"/> has then.</summary>
    internal KeySums Key(ref ReadOnlySpan<byte> key, ITenantBounds bounds)
    {
        if (_keys.TryGetValue(key, out var sums))
            return sums;
        var bytes = key.ToArray();
        if (_refusedKeys?.Contains(bytes) == true || !bounds.TakesKey(Tenant, bytes))
        {
            (_refusedKeys ??= new HashSet<byte[]>(BytesComparer.Instance)).Add(bytes);
            key = bytes = HitKey.OverflowUtf8.ToArray();
            if (_keys.TryGetValue(key, out sums))
                return sums;
        }
        return _keys.Dictionary[bytes] = new KeySums();
    }

    internal RawLines Day(long unixMilliseconds)
    {
        var day = UtcDay.OfMilliseconds(unixMilliseconds);
        if (_lastDay is not null && _lastDayNumber == day)
            return _lastDay;
        if (!_days.TryGetValue(day, out var lines))
            _days[day] = lines = new RawLines(_lines);
        (_lastDay, _lastDayNumber) = (lines, day);
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
