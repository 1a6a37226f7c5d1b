using StatHub.Storage.Hits;
using StatHub.Storage.Posix;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Compaction;

/// <summary>
/// Brings a tenant's day into one file. Until the one transaction that switches the catalogue nothing that is in use changes; a
/// crash before it leaves a file that the next start removes.
/// </summary>
internal sealed class DayCompaction(DayPlan plan, CompactionRequest request, Writer writer, SegmentFolder segments, TimeProvider time, Action<CompactionStep> onStep)
{
    /// <summary>What lines are to be, before they are sorted.</summary>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Change { get; init; } = block => block;

    /// <summary>Runs the one transaction.</summary>
    public Func<Func<bool>, bool> Transaction { get; init; } = writer.Transaction;

    private string FinalPath => segments.PathOf(plan.File);

    private string TemporaryPath => segments.PathOf(plan.File.TemporaryName("new"));

    /// <summary>Compacts.</summary>
    /// <returns>The length of the new file; 0 when there is none since the hits went away meanwhile, by an erase.</returns>
    /// <exception cref="DayMismatchException">Raw hits and sums do not agree; nothing has changed.</exception>
    public async Task<long> RunAsync(Throttle throttle, CancellationToken cancellationToken)
    {
        onStep(CompactionStep.Planned);
        var (isNamed, isSwitched) = (false, false);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FinalPath)!);
            // An erase that is not seen here has the folder still to remove.
            if (!Holds())
                return 0;
            var (members, length) = await WriteAsync(throttle, cancellationToken).ConfigureAwait(false);
            DayFileCheck.Read(TemporaryPath, members);
            onStep(CompactionStep.FileSynced);
            if (!Libc.TryRename(TemporaryPath, FinalPath))
                throw new StoreException($"{plan.File.Name} is there already.");
            isNamed = true;
            Libc.SyncFolder(Path.GetDirectoryName(FinalPath)!);
            Libc.SyncFolder(segments.Path);
            onStep(CompactionStep.FileNamed);
            isSwitched = Switch(members, length);
            return isSwitched ? length : 0;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or StoreException or DayMismatchException && !Holds())
        {
            // An erase took the folder away while we wrote to it, or overwrote what we read.
            return 0;
        }
        finally
        {
            SegmentFolder.Remove(TemporaryPath);
            // It would be in the way of the next try; a commit that failed may be durable all the same.
            if (isNamed && !isSwitched && !IsKnown())
                SegmentFolder.Remove(FinalPath);
        }
    }

    private bool IsKnown() => writer.Alone(() => writer.Sql("SELECT 1 FROM compacted WHERE id = ?1").Number(plan.File.Id) is not null);

    private bool Holds() => writer.Alone(() => plan.Holds(writer.Sql));

    private async Task<(IReadOnlyList<CompactedMember> Members, long Length)> WriteAsync(Throttle throttle, CancellationToken cancellationToken)
    {
        using var sorter = new LineSorter(
            request.SortBytes, number => segments.PathOf(plan.File.TemporaryName($"part{number}")), () => onStep(CompactionStep.PartSorted));
        using (var hits = new RawHitReader(segments, plan.Unsorted))
        {
            for (var block = hits.Read(int.MaxValue); !block.IsEmpty; block = hits.Read(int.MaxValue))
            {
                sorter.Add(Change(block).Span);
                await throttle.PassAsync(block.Length, cancellationToken).ConfigureAwait(false);
            }
        }
        using var file = new DayFileWriter(plan, TemporaryPath, () => onStep(CompactionStep.MemberWritten));
        foreach (var chunk in sorter.Sorted(plan.Sorted is { } sorted ? segments.PathOf(sorted) : null))
        {
            file.Add(chunk);
            await throttle.PassAsync(chunk.Lines.Length, cancellationToken).ConfigureAwait(false);
        }
        file.End();
        return (file.Members, file.Length);
    }

    private bool Switch(IReadOnlyList<CompactedMember> members, long length)
    {
        var switched = Transaction(() =>
        {
            if (!plan.Holds(writer.Sql))
                return false;
            writer.Sql("INSERT INTO compacted (id, tenant, day, batch, lines, length, made_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
                .Run(plan.File.Id, plan.TenantNumber, plan.File.Day, plan.Batch, plan.Lines, length, time.GetUtcNow().ToUnixTimeMilliseconds());
            Insert(members);
            writer.Sql("UPDATE counter SET value = ?1 WHERE name = 'compaction'").Run(plan.File.Id);
            onStep(CompactionStep.CatalogueWritten);
            return true;
        });
        if (switched)
            onStep(CompactionStep.Switched);
        return switched;
    }

    private void Insert(IReadOnlyList<CompactedMember> members)
    {
        var insert = writer.Sql(
            """
            INSERT INTO compacted_member (file, number, first_key, last_key, first_ms, last_ms, offset, length, lines)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """);
        for (var i = 0; i < members.Count; i++)
        {
            var member = members[i];
            insert.Run(plan.File.Id, i, member.FirstKey, member.LastKey, member.First, member.Last, member.Offset, member.Length, member.Lines);
        }
    }
}
