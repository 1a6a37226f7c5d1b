using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Verification;
using StatHub.Core.Work;
using StatHub.Storage.Commits;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Verification;

/// <summary>Verifies day by day: raw hits are read and summed again, and compared with every row that was made of them.</summary>
internal sealed class Verifier(ReadPool readers, IRawHits raw, Committer committer, DimensionReader dimensions) : IVerifier
{
    public VerifyReport Verify(TenantId? tenant, DayRange days, Action<WorkProgress> progress, CancellationToken cancellationToken)
    {
        var run = new Run(days, progress, cancellationToken);
        var tenants = readers.Ask(reader => StoredDays.Tenants(reader, tenant));
        run.Total = tenants.Sum(one => readers.Ask(reader => StoredDays.Hits(reader, one.Number, days)));
        foreach (var (number, id) in tenants)
        {
            var firstKept = readers.Ask(reader => StoredDays.FirstKept(reader, number));
            foreach (var day in readers.Ask(reader => StoredDays.Of(reader, number, days)))
            {
                if (day >= firstKept)
                    VerifyDay(run, number, id, day);
                else
                    run.Expired++;
            }
            readers.Ask(reader =>
            {
                TenantComparison.Compare(run.Differences, reader, number, id);
                return true;
            });
        }
        return new VerifyReport(tenants.Count, run.Days, run.Hits, run.Unlabelled, run.Expired, run.Differences.First, run.Differences.Count);
    }

    /// <summary>What one verification has come to.</summary>
    private sealed class Run(DayRange range, Action<WorkProgress> progress, CancellationToken cancellationToken)
    {
        public DayRange Range => range;

        public CancellationToken CancellationToken => cancellationToken;

        public DifferenceList Differences { get; } = new();

        public long Total { get; set; }

        public long Days { get; set; }

        public long Hits { get; private set; }

        public long Unlabelled { get; set; }

        public long Expired { get; set; }

        public void Read(long hits)
        {
            Hits += hits;
            progress(new WorkProgress(Hits, Math.Max(Hits, Total), "hits"));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void VerifyDay(Run run, long number, TenantId tenant, long day) => readers.Ask(reader =>
    {
        var minutes = new DayRange(day, day + 1).Minutes;
        IRawHitReader? hits = null;
        // Both see the same moment: the reader's first question and the raw hits are of a time without a commit.
        committer.WithAllWritten(() =>
        {
            reader.Sql("SELECT value FROM counter WHERE name = 'batch'").Number();
            hits = raw.Open(new HitScope(tenant), minutes, null);
        });
        using (hits)
        {
            if (Sum(run, hits!, tenant, day) is { } sums)
                Compare(run, new DayComparison(reader, run.Differences, number, tenant, day), sums, tenant, day);
        }
        run.Days++;
        return true;
    });

    private static void Compare(Run run, DayComparison comparison, StoredSums sums, TenantId tenant, long day)
    {
        run.Unlabelled += comparison.IsUnlabelled ? 1 : 0;
        try
        {
            comparison.Compare(sums.Keys);
        }
        catch (StoreException exception)
        {
            run.Differences.Add(new Difference(tenant, day, null, "sums", "readable", exception.Message));
        }
    }

    /// <summary>Reads a day's raw hits; null when they cannot all be read.</summary>
    private StoredSums? Sum(Run run, IRawHitReader hits, TenantId tenant, long day)
    {
        var sums = new StoredSums(dimensions);
        try
        {
            for (var block = hits.Read(int.MaxValue); !block.IsEmpty; block = hits.Read(int.MaxValue))
            {
                var before = sums.Lines;
                foreach (var line in block.Span.Split((byte)'\n'))
                {
                    if (!block.Span[line].IsEmpty && !sums.TryAdd(block.Span[line]))
                        run.Differences.Add(new Difference(tenant, day, null, "raw hits", "a hit in every line", "a line that is no hit"));
                }
                run.Read(sums.Lines - before);
            }
            return sums;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or StoreException)
        {
            run.Differences.Add(new Difference(tenant, day, null, "raw hits", "readable", exception.Message));
            return null;
        }
    }
}
