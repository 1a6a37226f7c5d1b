using System.Text;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Ledger;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Tokens;
using StatHub.Core.Verification;
using StatHub.Core.Work;

namespace StatHub.Tests.Memory;

/// <summary>
/// The ports over plain lists: every answer is computed from the hits themselves, by brute force. What another store
/// answers is right when it is what this one answers.
/// </summary>
public sealed partial class MemoryStore(TimeProvider time) : IHitCounts, IRawHits, ITenantStore, ITokenStore, ILedger, IVerifier
{
    private readonly Lock _lock = new();
    private readonly List<MemoryHit> _hits = [];
    private readonly List<(DateTimeOffset CommittedAt, RejectReason Reason, TenantId? Tenant, string Line)> _lines = [];
    private readonly Dictionary<TenantId, Tenant> _tenants = [];
    private readonly Dictionary<TenantId, DateTimeOffset> _erased = [];

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _hits.Clear();
            _lines.Clear();
            _tenants.Clear();
            _erased.Clear();
            _tokens.Clear();
        }
    }

    /// <summary>Takes lines as if they had been read from the journal and committed now.</summary>
    public void Ingest(params IEnumerable<string> lines)
    {
        lock (_lock)
        {
            foreach (var line in lines)
            {
                var reason = MemoryLine.Read(line, time.GetUtcNow(), out var hit, out var tenant);
                if (hit is not null)
                    reason = Admit(hit);
                if (reason == RejectReason.None)
                    _hits.Add(Stored(hit!));
                _lines.Add((time.GetUtcNow(), reason, tenant, line));
            }
        }
    }

    /// <summary>Loses the last hit, as no store may.</summary>
    public void LoseHit()
    {
        lock (_lock)
            _hits.RemoveAt(_hits.Count - 1);
    }

    /// <summary>There are no sums here but those of the ledger.</summary>
    public VerifyReport Verify(TenantId? tenant, DayRange days, Action<WorkProgress> progress, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var tenants = _tenants.Keys.Where(id => tenant is null || id == tenant).ToList();
            var differences = new List<Difference>();
            foreach (var id in tenants)
            {
                var (hits, counted) = (_hits.Count(hit => hit.Tenant == id), _lines.Count(line => line.Tenant == id && line.Reason == RejectReason.None));
                if (hits != counted)
                    differences.Add(new Difference(id, null, null, "counted lines in the ledger", $"{hits}", $"{counted}"));
            }
            var read = _hits.Count(hit => tenants.Contains(hit.Tenant) && DayRange.Of(new MinuteRange(MinuteRange.MinuteOf(hit.Instant), MinuteRange.MinuteOf(hit.Instant) + 1)).From is var day && day >= days.From && day < days.To);
            progress(new WorkProgress(read, read, "hits"));
            return new VerifyReport(tenants.Count, 1, read, 0, 0, differences, differences.Count);
        }
    }

    public HitTotals Count(HitScope scope, MinuteRange range)
    {
        lock (_lock)
        {
            var hits = _hits.Where(hit => IsIn(hit, scope, range)).ToList();
            return Sum(hits) with { Visitors = range.From % 60 == 0 && range.To % 60 == 0 ? Visitors(hits) : null };
        }
    }

    public IReadOnlyList<HitTotals> Series(HitScope scope, IReadOnlyList<long> boundaries) =>
        [.. boundaries.Zip(boundaries.Skip(1), (from, to) => Count(scope, new MinuteRange(from, to)))];

    public IReadOnlyList<KeySummary> Keys(TenantId tenant, string prefix, HitKey? after, int limit)
    {
        lock (_lock)
        {
            return
            [
                .. _hits.Where(hit => hit.Tenant == tenant && hit.Key.ToString().StartsWith(prefix, StringComparison.Ordinal))
                    .GroupBy(hit => hit.Key)
                    .Where(hits => after is not { } last || Compare(hits.Key, last) > 0)
                    .Order(Comparer<IGrouping<HitKey, MemoryHit>>.Create((left, right) => Compare(left.Key, right.Key)))
                    .Take(limit)
                    .Select(hits => new KeySummary(hits.Key, hits.Count(), hits.Min(hit => hit.Instant), hits.Max(hit => hit.Instant))),
            ];
        }
    }

    public IRawHitReader Open(HitScope scope, MinuteRange range, RawHitPosition? after)
    {
        lock (_lock)
        {
            // The order is stable: hits of one millisecond and key stay in the order of their commit.
            var hits = _hits.Where(hit => IsIn(hit, scope, range)).OrderBy(hit => hit.Instant.ToUnixTimeMilliseconds())
                .ThenBy(hit => hit.Key, Comparer<HitKey>.Create(Compare)).ToList();
            return new MemoryReader(hits, after);
        }
    }

    IReadOnlyList<Tenant> ITenantStore.List()
    {
        lock (_lock)
            return [.. _tenants.Values.OrderBy(tenant => tenant.Id.ToString(), StringComparer.Ordinal)];
    }

    public Tenant? Find(TenantId id)
    {
        lock (_lock)
            return _tenants.GetValueOrDefault(id);
    }

    public bool TryCreate(Tenant tenant)
    {
        lock (_lock)
            return _tenants.TryAdd(tenant.Id, tenant);
    }

    public bool TryChange(Tenant tenant)
    {
        lock (_lock)
        {
            var known = _tenants.ContainsKey(tenant.Id);
            if (known)
                _tenants[tenant.Id] = tenant;
            return known;
        }
    }

    public bool Erase(TenantId id)
    {
        lock (_lock)
        {
            if (!_tenants.Remove(id))
                return false;
            _hits.RemoveAll(hit => hit.Tenant == id);
            _tokens.RemoveAll(known => known.Token.Tenant == id);
            _erased[id] = time.GetUtcNow();
            return true;
        }
    }

    public LedgerTotals Totals(MinuteRange committed, TenantId? tenant)
    {
        lock (_lock)
        {
            var lines = _lines.Where(line => Contains(committed, line.CommittedAt) && (tenant is null || line.Tenant == tenant)).ToList();
            return new LedgerTotals(
                lines.Count(line => line.Reason == RejectReason.None),
                lines.Where(line => line.Reason != RejectReason.None)
                    .GroupBy(line => line.Reason)
                    .ToDictionary(refused => refused.Key, refused => (long)refused.Count()));
        }
    }

    public IReadOnlyList<RejectedLine> Rejected(RejectReason? reason, int limit)
    {
        lock (_lock)
        {
            return
            [
                .. _lines.Where(line => line.Reason != RejectReason.None && (reason is null || line.Reason == reason))
                    .OrderByDescending(line => line.CommittedAt.Date)
                    .Take(limit)
                    .Select(line => new RejectedLine(line.Reason, line.CommittedAt, "hits.log", 0, line.Line)),
            ];
        }
    }

    private RejectReason Admit(MemoryHit hit)
    {
        if (!_tenants.TryGetValue(hit.Tenant, out var tenant))
            return _erased.ContainsKey(hit.Tenant) ? RejectReason.TenantErased : RejectReason.UnknownTenant;
        if (_erased.ContainsKey(hit.Tenant) && hit.Instant < tenant.CreatedAt)
            return RejectReason.TenantErased;
        if (tenant.HitsPerDay is null)
            return RejectReason.None;
        var before = _hits.Count(other => other.Tenant == hit.Tenant && other.Instant.UtcDateTime.Date == hit.Instant.UtcDateTime.Date);
        return before >= tenant.HitsPerDay ? RejectReason.Quota : RejectReason.None;
    }

    /// <summary>The hit under the key that it counts under, labelled as a stored one is.</summary>
    private MemoryHit Stored(MemoryHit hit)
    {
        if (hit.IsBot)
            hit = hit with { Line = hit.Line[..^1] + ",\"bot\":\"crawler\"}" };
        var limit = _tenants[hit.Tenant].KeyLimit ?? Tenant.UsualKeyLimit;
        if (_hits.Count < limit)
            return hit;
        var keys = _hits.Where(other => other.Tenant == hit.Tenant && other.Key != HitKey.Overflow).Select(other => other.Key).ToHashSet();
        return keys.Contains(hit.Key) || keys.Count < limit
            ? hit
            : hit with { Key = HitKey.Overflow, Line = hit.Line.Replace($"\"key\":\"{hit.Key}\"", "\"key\":\"/other\"", StringComparison.Ordinal) };
    }

    internal IReadOnlyList<MemoryHit> Hits(HitScope scope, MinuteRange range)
    {
        lock (_lock)
            return [.. _hits.Where(hit => IsIn(hit, scope, range))];
    }

    private static HitTotals Sum(IEnumerable<MemoryHit> hits) => hits.Aggregate(
        HitTotals.None, (sum, hit) => sum with { Hits = sum.Hits + 1, Bots = sum.Bots + (hit.IsBot ? 1 : 0), Value = sum.Value + hit.Value });

    /// <summary>Distinct within a UTC day.</summary>
    private static long Visitors(IEnumerable<MemoryHit> hits) =>
        hits.Where(hit => !hit.IsBot && hit.Visitor is not null).Select(hit => (hit.Instant.UtcDateTime.Date, hit.Visitor)).Distinct().Count();

    private static bool IsIn(MemoryHit hit, HitScope scope, MinuteRange range) =>
        hit.Tenant == scope.Tenant && (scope.Key is null || hit.Key == scope.Key) && Contains(range, hit.Instant);

    private static bool Contains(MinuteRange range, DateTimeOffset instant)
    {
        var minute = MinuteRange.MinuteOf(instant);
        return minute >= range.From && minute < range.To;
    }

    internal static int Compare(HitKey left, HitKey right) =>
        Encoding.UTF8.GetBytes(left.ToString()).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right.ToString()));
}
