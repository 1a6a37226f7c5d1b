using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Commits;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Compaction;

/// <summary>
/// Brings finished days into one file per tenant, sorted by key and time, and removes what nobody needs any more. One compaction runs
/// at a time; it may be stopped at any moment, and what is not done is done by the next.
/// </summary>
public sealed class Compactor : IDisposable
{
    // The ingest goes on beside it.
    private const long LeastFreeBytes = 128 * 1024 * 1024;

    private readonly Writer _writer;
    private readonly ReadPool _readers;
    private readonly SegmentFolder _segments;
    private readonly SegmentSweeper _sweeper;
    private readonly Committer _committer;
    private readonly TimeProvider _time;
    private readonly Action<CompactionStep> _onStep;
    private readonly SemaphoreSlim _one = new(1, 1);

    // Days that had a problem, and when: to look at them every few minutes would find nothing new.
    private readonly Dictionary<(long Tenant, int Day), DateTimeOffset> _left = [];

    internal Compactor(
        Writer writer, ReadPool readers, SegmentFolder segments, SegmentSweeper sweeper, Committer committer, TimeProvider time, Action<CompactionStep>? onStep) =>
        (_writer, _readers, _segments, _sweeper, _committer, _time, _onStep) = (writer, readers, segments, sweeper, committer, time, onStep ?? (_ => { }));

    /// <summary>Refuses to go on where the compacted files and the database do not belong together; nothing is touched.</summary>
    internal void Check() => _readers.Ask(reader =>
    {
        _segments.CheckCompacted(Lengths(reader), reader.Sql("SELECT value FROM counter WHERE name = 'batch'").Number() ?? 0);
        return true;
    });

    /// <summary>Removes what a crash left.</summary>
    internal void Recover()
    {
        _segments.RecoverCompacted(_readers.Ask(Lengths));
        _sweeper.RemoveRows();
    }

    public void Dispose() => _one.Dispose();

    /// <summary>The name and length of each compacted file that the catalogue knows.</summary>
    internal static Dictionary<string, long> Lengths(Reader reader)
    {
        var lengths = new Dictionary<string, long>();
        using var rows = reader.Sql("SELECT c.id, t.name, c.day, c.length FROM compacted c JOIN tenant t ON t.id = c.tenant").Rows();
        while (rows.Read())
            lengths.Add(new CompactedFile(rows.Long(0), TenantId.Parse(rows.Text(1)), rows.Int(2)).Name, rows.Long(3));
        return lengths;
    }

    /// <summary>Something else wrote a compacted file.</summary>
    internal void Expect() => _sweeper.Expect();

    /// <summary>Runs while nothing is compacted.</summary>
    internal async Task AloneAsync(Func<Task> body, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await body().ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>A day that may have something to do.</summary>
    private sealed record Candidate(TenantId Tenant, long Number, int Day);

    /// <summary>Compacts every finished day, the earliest first.</summary>
    /// <param name="request">Which days, and how fast.</param>
    /// <param name="progress">Told before each day.</param>
    /// <param name="cancellationToken">Stops it; nothing half is left.</param>
    /// <exception cref="IOException">The disk is full or fails; nothing is lost, try again.</exception>
    public async Task<CompactionResult> RunAsync(CompactionRequest request, IProgress<CompactionProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var result = new CompactionResult(0, 0, 0, 0, 0, []);
        await AloneAsync(
            async () =>
            {
                if (request.WritesWaiting)
                    _committer.WithAllWritten(() => { });
                var candidates = _readers.Ask(reader => Candidates(reader, request));
                var throttle = new Throttle(request.MostBytesPerSecond, _time);
                for (var i = 0; i < candidates.Count; i++)
                {
                    progress?.Report(new CompactionProgress(candidates[i].Tenant, UtcDay.Date(candidates[i].Day), i, candidates.Count));
                    result = await RunAsync(candidates[i], request, throttle, result, cancellationToken).ConfigureAwait(false);
                }
                var (removed, kept) = _sweeper.Sweep(cancellationToken);
                result = result with { SegmentsRemoved = removed, Problems = [.. result.Problems, .. kept] };
            },
            cancellationToken).ConfigureAwait(false);
        return result;
    }

    private async Task<CompactionResult> RunAsync(
        Candidate candidate, CompactionRequest request, Throttle throttle, CompactionResult result, CancellationToken cancellationToken)
    {
        var plan = _readers.Ask(reader => DayPlan.Read(reader, candidate.Tenant, candidate.Number, candidate.Day));
        if (plan is null)
            return result;
        if (_segments.FreeBytes < LeastFreeBytes + 2 * plan.BytesBefore)
            return Left(candidate, result, $"the disk has {_segments.FreeBytes} bytes left, and two copies of its {plan.BytesBefore} bytes may be needed");
        try
        {
            var length = await new DayCompaction(plan, request, _writer, _segments, _time, _onStep).RunAsync(throttle, cancellationToken).ConfigureAwait(false);
            if (length == 0)
                return result;
            _sweeper.Expect();
            return result with
            {
                Days = result.Days + 1,
                Lines = result.Lines + plan.Lines,
                BytesBefore = result.BytesBefore + plan.BytesBefore,
                BytesAfter = result.BytesAfter + length,
            };
        }
        catch (Exception exception) when (exception is DayMismatchException or StoreException or InvalidDataException)
        {
            return Left(candidate, result, exception.Message);
        }
    }

    private CompactionResult Left(Candidate candidate, CompactionResult result, string reason)
    {
        _left[(candidate.Number, candidate.Day)] = _time.GetUtcNow();
        var problem = $"{candidate.Tenant} {UtcDay.Date(candidate.Day):yyyy-MM-dd} is not compacted: {reason}";
        return result with { Problems = [.. result.Problems, problem] };
    }

    private List<Candidate> Candidates(Reader reader, CompactionRequest request)
    {
        var now = _time.GetUtcNow();
        var lastDay = UtcDay.Of(now - request.After) - 1;
        var again = (now - request.AgainAfter).ToUnixTimeMilliseconds();
        var tenants = new List<(long Number, TenantId Tenant)>();
        using (var rows = reader.Sql("SELECT id, name FROM tenant WHERE registered = 1 ORDER BY id").Rows())
        {
            while (rows.Read())
                tenants.Add((rows.Long(0), TenantId.Parse(rows.Text(1))));
        }
        var candidates = tenants.Where(tenant => request.Tenant is null || request.Tenant == tenant.Tenant)
            .SelectMany(tenant => DaysOf(reader, tenant.Number, lastDay, again).Select(day => new Candidate(tenant.Tenant, tenant.Number, day)));
        return [.. candidates.Where(candidate => !_left.TryGetValue((candidate.Number, candidate.Day), out var since) || since + request.AgainAfter <= now)
            .OrderBy(candidate => candidate.Day)];
    }

    /// <summary>Days that have members which are in no compacted file, unless the last one is too young to be made again.</summary>
    private static List<int> DaysOf(Reader reader, long tenant, long lastDay, long again)
    {
        var days = new List<int>();
        // Hits that come late for a day whose raw hits are gone are let go of with the next ones.
        for (var day = reader.Sql("SELECT raw_from_day FROM tenant WHERE id = ?1").Number(tenant); day is not null && day <= lastDay; day++)
        {
            day = reader.Sql("SELECT min(day) FROM member WHERE tenant = ?1 AND day BETWEEN ?2 AND ?3").Number(tenant, day, lastDay);
            if (day is null)
                break;
            var batch = reader.Sql("SELECT batch FROM compacted WHERE tenant = ?1 AND day = ?2 ORDER BY id DESC LIMIT 1").Number(tenant, day) ?? 0;
            var made = reader.Sql("SELECT max(made_ms) FROM compacted WHERE tenant = ?1 AND day = ?2").Number(tenant, day) ?? long.MinValue;
            var isLate = reader.Sql("SELECT EXISTS (SELECT 1 FROM member WHERE tenant = ?1 AND day = ?2 AND batch > ?3)").Number(tenant, day, batch) != 0;
            if (isLate && made <= again)
                days.Add((int)day.Value);
        }
        return days;
    }
}
