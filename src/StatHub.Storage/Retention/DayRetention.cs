using StatHub.Core.Tenants;
using StatHub.Storage.Commits;
using StatHub.Storage.Rollups;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Retention;

/// <summary>A day of which a tenant does not keep the raw hits any longer.</summary>
/// <param name="Number">The tenant's number.</param>
/// <param name="Tenant">Its name.</param>
/// <param name="Day">UTC days since 1970.</param>
/// <param name="Today">The day on which it is over.</param>
internal sealed record DueDay(long Number, TenantId Tenant, int Day, long Today)
{
    /// <summary>Whether it still is: an erase or a longer time may have come.</summary>
    public bool IsDue(Func<string, Statement> sql) =>
        sql("SELECT 1 FROM tenant WHERE id = ?1 AND registered = 1 AND ?2 < ?3 - retention_days").Number(Number, Day, Today) is not null;
}

/// <summary>
/// Lets go of the raw hits of a day. Its rollups are in a file before, which is written while hits go on to be counted; when some of the day came
/// meanwhile the file is written again.
/// </summary>
internal sealed class DayRetention(DueDay due, Writer writer, ReadPool readers, RollupFolder rollups, Committer committer, Action<RetentionStep> onStep)
{
    private const int MostTries = 3;

    /// <summary>What a file has, and how often a rebuild had replaced rows by then.</summary>
    private sealed record Kept(RollupHeader Header, long Replaced);

    /// <summary>Lets go of them; false when the day is left as it is.</summary>
    /// <param name="forget">Makes the catalogue forget them, within a transaction.</param>
    public bool Run(Action forget)
    {
        for (var i = 0; i < MostTries; i++)
        {
            if (Keep() is not { } kept)
                return false;
            if (TryForget(kept, forget))
            {
                onStep(RetentionStep.ForgottenCommitted);
                rollups.RemoveReplaced(due.Tenant, due.Day, kept.Header.Batch);
                onStep(RetentionStep.OldFileRemoved);
                return true;
            }
            // The day still has its raw hits, and the file before, if there was one, has what is not in them.
            SegmentFolder.Remove(PathOf(kept));
        }
        return false;
    }

    /// <summary>Writes the day's rollups to a file; null when it is not to go any more.</summary>
    private Kept? Keep()
    {
        if (!IsDue())
            return null;
        try
        {
            rollups.Create(due.Tenant);
            return readers.Ask(Keep);
        }
        catch (IOException) when (!IsDue())
        {
            // An erase took the folder away.
            return null;
        }
    }

    private bool IsDue() => writer.Alone(() => due.IsDue(writer.Sql));

    private Kept? Keep(Reader reader)
    {
        // Sums by dimension of these hits must not wait in memory: there would be nothing to make them of.
        committer.WithAllWritten(() => Counter(reader.Sql, "batch"));
        // An erase that is not seen here has the folder still to remove.
        if (!due.IsDue(reader.Sql))
            return null;
        var rows = new DayRows(reader.Sql, due.Number, due.Day);
        var (series, hits) = rows.Size();
        var kept = new Kept(
            new RollupHeader(RollupHeader.CurrentVersion, due.Tenant.ToString(), due.Day, Counter(reader.Sql, "batch"), series, hits), Counter(reader.Sql, "replaced"));
        RollupFile.Write(PathOf(kept), kept.Header, rows.Read(), onStep);
        onStep(RetentionStep.FileNamed);
        return kept;
    }

    /// <summary>Forgets, unless something came to the day since its rollups were read.</summary>
    private bool TryForget(Kept kept, Action forget) => writer.Transaction(() =>
    {
        if (!due.IsDue(writer.Sql) || kept.Replaced != Counter(writer.Sql, "replaced") || HasNewer(kept.Header.Batch))
            return false;
        forget();
        onStep(RetentionStep.DayForgotten);
        return true;
    });

    private bool HasNewer(long batch) => writer.Sql(
        """
        SELECT EXISTS (SELECT 1 FROM member WHERE tenant = ?1 AND day = ?2 AND batch > ?3)
            OR EXISTS (SELECT 1 FROM compacted WHERE tenant = ?1 AND day = ?2 AND batch > ?3)
        """).Number(due.Number, due.Day, batch) != 0;

    private string PathOf(Kept kept) => rollups.PathOf(due.Tenant, due.Day, kept.Header.Batch);

    private static long Counter(Func<string, Statement> sql, string name) => sql("SELECT value FROM counter WHERE name = ?1").Number(name) ?? 0;
}
