using StatHub.Core.Dimensions;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Work;
using StatHub.Storage.Commits;
using StatHub.Storage.Compaction;
using StatHub.Storage.Hits;
using StatHub.Storage.Rollups;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Rebuild;

/// <summary>
/// Labels and sums raw hits again, as if they were counted now: after new patterns of bots and clients, or when sums are not as they should be. Each
/// day is switched at once, its answers are those of before until then. It may be stopped at any moment and begun again.
/// </summary>
public sealed class Rebuilder
{
    // Commits wait for so many series of a month.
    private const int SeriesAtOnce = 50;

    private readonly Writer _writer;
    private readonly ReadPool _readers;
    private readonly SegmentFolder _segments;
    private readonly Snapshots _snapshots;
    private readonly Committer _committer;
    private readonly Compactor _compactor;
    private readonly TimeProvider _time;
    private readonly StoreOptions _options;
    private readonly Action<CompactionStep> _onCompactionStep;
    private readonly Action<RebuildStep> _onStep;

    internal Rebuilder(
        Writer writer, ReadPool readers, SegmentFolder segments, Snapshots snapshots, Committer committer, Compactor compactor, TimeProvider time, StoreOptions options)
    {
        (_writer, _readers, _segments, _snapshots, _committer, _compactor, _time) = (writer, readers, segments, snapshots, committer, compactor, time);
        _options = options;
        (_onCompactionStep, _onStep) = (options.OnCompactionStep ?? (_ => { }), options.OnRebuildStep ?? (_ => { }));
    }

    /// <summary>Rebuilds while hits go on to be counted. Compactions wait meanwhile.</summary>
    /// <param name="request">What.</param>
    /// <param name="progress">Told how many hits were read.</param>
    /// <param name="cancellationToken">Stops it; days that are done stay done.</param>
    /// <exception cref="IOException">The disk is full or fails; nothing is lost, try again.</exception>
    public async Task<RebuildReport> RunAsync(RebuildRequest request, Action<WorkProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var run = new Run(request, progress, _options.StoredDimensions(), cancellationToken);
        await _compactor.AloneAsync(() => RunAsync(run), cancellationToken).ConfigureAwait(false);
        return new RebuildReport(run.Tenants, run.Days, run.Hits, run.Relabelled, run.Series, run.Expired, run.Problems);
    }

    /// <summary>What one rebuild has come to.</summary>
    private sealed class Run(RebuildRequest request, Action<WorkProgress> progress, DimensionReader dimensions, CancellationToken cancellationToken)
    {
        public RebuildRequest Request => request;

        public DimensionReader Dimensions => dimensions;

        public CancellationToken CancellationToken => cancellationToken;

        public List<string> Problems { get; } = [];

        public int Tenants { get; set; }

        public long Total { get; set; }

        public long Days { get; private set; }

        public long Hits { get; private set; }

        public long Relabelled { get; private set; }

        public long Series { get; private set; }

        public long Expired { get; set; }

        public bool IsOfAll => request is { Tenant: null, Days: { From: 0, To: long.MaxValue } };

        public void Add(DayRebuild day)
        {
            Days++;
            Hits += day.Hits;
            Relabelled += day.Relabelled;
            Series += day.Series;
            progress(new WorkProgress(Hits, Math.Max(Hits, Total), "hits"));
        }
    }

    private async Task RunAsync(Run run)
    {
        var tenants = _readers.Ask(reader => StoredDays.Tenants(reader, run.Request.Tenant));
        run.Tenants = tenants.Count;
        run.Total = tenants.Sum(tenant => _readers.Ask(reader => StoredDays.Hits(reader, tenant.Number, run.Request.Days)));
        foreach (var tenant in tenants)
            await RunAsync(run, tenant).ConfigureAwait(false);
        if (run.IsOfAll && run.Problems.Count == 0)
            _committer.NoteRelabelled();
    }

    private async Task RunAsync(Run run, StoredDays.Owner tenant)
    {
        var firstKept = _readers.Ask(reader => StoredDays.FirstKept(reader, tenant.Number));
        var days = _readers.Ask(reader => StoredDays.Of(reader, tenant.Number, run.Request.Days));
        foreach (var month in days.GroupBy(CalendarMonth.OfDay))
        {
            foreach (var day in month)
            {
                run.CancellationToken.ThrowIfCancellationRequested();
                if (day < firstKept)
                    run.Expired++;
                else
                    await RunAsync(run, tenant, (int)day).ConfigureAwait(false);
            }
            ReplaceMonth(tenant.Number, month.Key, run.CancellationToken);
        }
    }

    private async Task RunAsync(Run run, StoredDays.Owner tenant, int day)
    {
        // What a retention forgets meanwhile stays as long as somebody reads.
        using var snapshot = _snapshots.Open();
        var plan = _readers.Ask(reader => DayPlan.ReadWhole(reader, tenant.Id, tenant.Number, day));
        if (plan is null)
        {
            if (!HaveGone(run, tenant, day))
                Left(run, tenant.Id, day, "it has sums and no raw hits");
            return;
        }
        try
        {
            var rebuild = new DayRebuild(plan, run.Dimensions, _writer, _readers, _segments, _committer, _onStep);
            if (await rebuild.RunAsync((whole, change, transaction) => CompactAsync(run, whole, change, transaction), run.CancellationToken).ConfigureAwait(false))
                run.Add(rebuild);
            else if (!HaveGone(run, tenant, day))
                Left(run, tenant.Id, day, "its raw hits are others than when the rebuild came to it");
        }
        catch (Exception exception) when (exception is StoreException or InvalidDataException or DayMismatchException)
        {
            Left(run, tenant.Id, day, exception.Message);
        }
    }

    /// <summary>Whether the raw hits of a day went since the rebuild began: at the end of their time, or with their tenant.</summary>
    private bool HaveGone(Run run, StoredDays.Owner tenant, int day)
    {
        var (firstKept, hits) = _readers.Ask(reader => (StoredDays.FirstKept(reader, tenant.Number), StoredDays.Hits(reader, tenant.Number, new DayRange(day, day + 1))));
        if (hits > 0 && day < firstKept)
            run.Expired++;
        return hits == 0 || day < firstKept;
    }

    private async Task<bool> CompactAsync(
        Run run, DayPlan plan, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> change, Func<Func<bool>, bool> transaction)
    {
        var request = new CompactionRequest { SortBytes = run.Request.SortBytes };
        var compaction = new DayCompaction(plan, request, _writer, _segments, _time, _onCompactionStep) { Change = change, Transaction = transaction };
        var length = await compaction.RunAsync(new Throttle(0, _time), run.CancellationToken).ConfigureAwait(false);
        if (length > 0)
            _compactor.Expect();
        return length > 0;
    }

    private static void Left(Run run, TenantId tenant, int day, string reason) =>
        run.Problems.Add($"{tenant} {UtcDay.Date(day):yyyy-MM-dd} is left as it is: {reason}");

    private void ReplaceMonth(long tenant, long month, CancellationToken cancellationToken)
    {
        foreach (var some in _readers.Ask(reader => new MonthRows(reader.Sql, month).Series(tenant)).Chunk(SeriesAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _committer.WithAllWritten(() => _writer.Transaction(() =>
            {
                var rows = new MonthRows(_writer.Sql, month);
                foreach (var series in some)
                {
                    rows.SumUp(series);
                    rows.ListTops(series);
                }
                _onStep(RebuildStep.MonthReplaced);
            }));
        }
    }
}
