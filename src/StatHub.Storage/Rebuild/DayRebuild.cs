using StatHub.Core.Dimensions;
using StatHub.Storage.Commits;
using StatHub.Storage.Compaction;
using StatHub.Storage.Hits;
using StatHub.Storage.Rollups;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Rebuild;

/// <summary>
/// Gives a tenant's day the labels and sums that it would have if it were counted now. Until one transaction has switched both, raw hits and sums are
/// those of before. Hits that are committed meanwhile have the labels of now; they are added at the end.
/// </summary>
internal sealed class DayRebuild(
    DayPlan plan, DimensionReader dimensions, Writer writer, ReadPool readers, SegmentFolder segments, Committer committer, Action<RebuildStep> onStep)
{
    // More is read before others have to wait for the last of it.
    private const int MostMembersInTransaction = 4;
    private const int MostRounds = 5;

    private readonly DayHits _hits = new(dimensions, plan.File.Day);
    private IReadOnlyList<SeriesDay> _rows = [];
    private long _batch = plan.Batch;

    /// <summary>How many hits were read.</summary>
    public long Hits => _hits.Lines;

    /// <summary>How many of them have another label than before.</summary>
    public long Relabelled { get; private set; }

    /// <summary>How many series had other sums than their raw hits.</summary>
    public int Series { get; private set; }

    /// <summary>Rebuilds.</summary>
    /// <param name="compact">Writes the day's file anew: its plan, what lines are to be, and how the transaction is run.</param>
    /// <param name="cancellationToken">Ends it early; nothing has changed then.</param>
    /// <returns>False when the raw hits went away meanwhile: an erase, or the end of their time.</returns>
    /// <exception cref="StoreException">A raw hit cannot be read; nothing has changed.</exception>
    public async Task<bool> RunAsync(
        Func<DayPlan, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>, Func<Func<bool>, bool>, Task<bool>> compact, CancellationToken cancellationToken)
    {
        Read(plan.Unsorted, cancellationToken);
        Relabelled = _hits.Relabelled;
        var keys = _hits.Keys.Select(key => new KeyHits(key.Key, key.Value.Hits)).OrderBy(key => key.Key, KeyOrder);
        var whole = plan with { Keys = [.. keys] };
        CatchUp(cancellationToken);
        onStep(RebuildStep.DaySummed);
        if (Relabelled == 0)
            return Switch(() => plan.Holds(writer.Sql));
        return await compact(whole, new DayHits(dimensions, plan.File.Day).Add, Switch).ConfigureAwait(false);
    }

    private static readonly Comparer<byte[]> KeyOrder = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    private void Read(IReadOnlyList<DueHits> hits, CancellationToken cancellationToken)
    {
        using var reader = new RawHitReader(segments, hits);
        for (var block = reader.Read(int.MaxValue); !block.IsEmpty; block = reader.Read(int.MaxValue))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _hits.Add(block);
        }
    }

    /// <summary>Reads what came meanwhile, until that is little.</summary>
    private void CatchUp(CancellationToken cancellationToken)
    {
        for (var round = 0; ReadNewer(cancellationToken) > MostMembersInTransaction && round < MostRounds; round++)
        {
        }
        _rows = SeriesDay.OfDay(_hits.Keys);
    }

    private int ReadNewer(CancellationToken cancellationToken)
    {
        var (newer, batch) = readers.Ask(reader => (
            plan.ReadNewer(reader, _batch), reader.Sql("SELECT value FROM counter WHERE name = 'batch'").Number() ?? 0));
        Read(newer, cancellationToken);
        _batch = batch;
        return newer.Count;
    }

    private bool Switch(Func<bool> switchFile)
    {
        var switched = false;
        committer.WithAllWritten(() =>
        {
            // From here on nothing is committed.
            if (ReadNewer(CancellationToken.None) > 0)
                _rows = SeriesDay.OfDay(_hits.Keys);
            switched = writer.Transaction(() =>
            {
                if (!switchFile())
                    return false;
                ReplaceRows();
                // No commit tells who has read the rows that there are others now.
                writer.Sql("UPDATE counter SET value = value + 1 WHERE name = 'replaced'").Run();
                onStep(RebuildStep.RowsReplaced);
                return true;
            });
        });
        if (switched)
            onStep(RebuildStep.DaySwitched);
        return switched;
    }

    private void ReplaceRows()
    {
        var replaced = new DayRows(writer.Sql, plan.TenantNumber, plan.File.Day).Replace(_rows);
        var month = new MonthRows(writer.Sql, CalendarMonth.OfDay(plan.File.Day));
        foreach (var series in replaced)
            month.ListTops(series);
        Series = replaced.Count;
    }
}
