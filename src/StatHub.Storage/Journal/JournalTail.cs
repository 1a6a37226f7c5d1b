using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using StatHub.Core.Dimensions;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Storage.Commits;
using StatHub.Storage.Posix;
using StatHub.Storage.Tenants;
using StatHub.Storage.Visitors;

namespace StatHub.Storage.Journal;

/// <summary>
/// Reads the journal into the store, pass by pass: a pass commits everything that was written before it began, and
/// removes files that are done. Belongs to one thread at a time.
/// </summary>
public sealed class JournalTail
{
    private const long UsualMemory = 128 * 1024 * 1024;
    private const long MostGarbage = 16 * 1024 * 1024;

    private readonly JournalFolder _folder;
    private readonly Committer _committer;
    private readonly SqliteTenants _tenants;
    private readonly SaltFolder _salts;
    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly JournalReader _reader = new();
    private readonly DimensionReader _dimensions;
    private readonly FinishedFiles _finished;
    private TenantDirectory? _readWith;
    private TenantBounds.Taken? _settled;
    private long _collectedAt;
    private long _muchMemory = UsualMemory;
    private long _pendingBytes;

    internal JournalTail(JournalFolder folder, Committer committer, SqliteTenants tenants, SaltFolder salts, StoreOptions options, TimeProvider time)
    {
        (_folder, _committer, _tenants, _salts, _options, _time) = (folder, committer, tenants, salts, options, time);
        _dimensions = new DimensionReader(options.Countries, options.Spam, options.Bots);
        _finished = new FinishedFiles(time);
    }

    /// <summary>
    /// Bytes of complete and unfinished lines that are not committed: what the last pass found, less what it has committed since. May be asked by any thread.
    /// </summary>
    public long PendingBytes => Interlocked.Read(ref _pendingBytes);

    /// <summary>
    /// Commits what is in the journal. Stops between two commits when it is cancelled.
    /// </summary>
    /// <exception cref="IOException">The journal, a segment or the database could not be read or written; nothing is lost, try again.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public PassResult Run(CancellationToken cancellationToken)
    {
        while (true)
        {
            var pass = RunOnce(cancellationToken);
            if (!pass.Again)
                return new PassResult(pass.BeganAt, pass.Lines, pass.Unreadable);
        }
    }

    private JournalPass RunOnce(CancellationToken cancellationToken)
    {
        _committer.Load();
        // What an interrupted pass did not tell is asked for again.
        _settled = null;
        _committer.Bounds.BeginPass();
        var pass = new JournalPass(_time.GetUtcNow(), _folder.Scan());
        Interlocked.Exchange(ref _pendingBytes, Pending(pass));
        foreach (var file in pass.Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.Length > _committer.Positions.Committed(file) || _committer.Positions.ByInode(file.Inode) is { } known && known.Offset > file.Length)
                Read(pass, file, cancellationToken);
        }
        Commit(pass);
        if (pass.Lines == 0)
            _committer.Rest();
        var removed = _finished.Remove(pass.Files, _committer.Positions);
        pass.Files.RemoveAll(removed.Contains);
        _committer.Gone([.. removed.Select(file => _committer.Positions.ByInode(file.Inode)).OfType<JournalPosition>()]);
        if (!pass.Again && pass.Unreadable.Count == 0)
            _salts.DestroyOld(pass.BeganAt);
        Interlocked.Exchange(ref _pendingBytes, Pending(pass));
        return pass;
    }

    private long Pending(JournalPass pass) => pass.Files.Sum(file => Math.Max(0, file.Length - _committer.Positions.Committed(file)));

    private void Read(JournalPass pass, JournalFile file, CancellationToken cancellationToken)
    {
        using var handle = TryOpen(pass, file);
        if (handle is not null)
            Read(pass, file, handle, cancellationToken);
    }

    /// <summary>Opens a file; null, and noted, where it is gone, another one by now, or may not be read.</summary>
    private static SafeFileHandle? TryOpen(JournalPass pass, JournalFile file)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = file.Open();
        }
        catch (FileNotFoundException)
        {
            pass.Again = true;
        }
        catch (UnauthorizedAccessException exception)
        {
            pass.Unreadable.Add($"{file.Name} cannot be read: {exception.Message}");
        }
        if (handle is null || Libc.Inode(handle) == file.Inode)
            return handle;
        handle.Dispose();
        pass.Again = true;
        return null;
    }

    private void Read(JournalPass pass, JournalFile file, SafeFileHandle handle, CancellationToken cancellationToken)
    {
        var position = _committer.Positions.Find(file, handle, file.Length, inode => pass.Files.Any(other => other.Inode == inode));
        if (position.Id == 0 && _committer.Positions.ByInode(file.Inode) is { } before && before.Offset > file.Length)
            pass.Unreadable.Add($"{file.Name} was truncated from at least {before.Offset} to {file.Length} bytes by somebody else; it is read from its beginning.");
        var closed = _finished.IsClosed(file);
        var isFull = Fill(pass, file, handle, closed, ref position);
        while (isFull)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // The next batch is read while this one is committed.
            var full = pass.Take()!;
            var committed = false;
            InParallel(() => committed = TryCommit(full), () => isFull = Fill(pass, file, handle, closed, ref position));
            if (!Settle(pass, full, committed))
                return;
            position = position with { Id = _committer.Positions.ByInode(file.Inode)!.Id };
            pass.Rename(position);
        }
    }

    /// <summary>Reads on into the batch; true when it is full.</summary>
    private bool Fill(JournalPass pass, JournalFile file, SafeFileHandle handle, bool closed, ref JournalPosition position)
    {
        NoteSettled();
        var batch = pass.Batch ??= BeginBatch(pass);
        while (true)
        {
            var end = _reader.Read(handle, file, position, file.Length, closed, batch.MostBytes(_options) - batch.Bytes, batch.Builder);
            if (end == position.Offset)
                return false;
            var next = position.AdvancedTo(handle, end) with { Name = file.Name };
            batch.Add(position, next);
            position = next;
            if (batch.Bytes < _options.BatchBytes && batch.Stretches.Count < JournalPass.MostStretches)
                return false;
            // Whether its tenants or keys have few lines each is known now.
            if (batch.Bytes >= batch.MostBytes(_options) || batch.Stretches.Count >= JournalPass.MostStretches)
                return true;
        }
    }

    private JournalBatch BeginBatch(JournalPass pass)
    {
        var tenants = _tenants.Directory;
        if (!ReferenceEquals(tenants, _readWith))
            _committer.Bounds.TenantsChanged();
        _readWith = tenants;
        var taken = _committer.Bounds.Begin();
        return new JournalBatch(
            new HitBatchBuilder(tenants, _dimensions, _options.Privacy, _salts, taken, pass.BeganAt.ToUnixTimeMilliseconds()), tenants, taken);
    }

    private bool TryCommit(JournalBatch batch) => batch.Stretches.Count == 0 || _committer.TryCommit(batch.Builder.Batch, batch.ReadWith, batch.Stretches);

    /// <summary>Commits what the pass has read.</summary>
    private void Commit(JournalPass pass)
    {
        if (pass.Take() is { } batch)
            Settle(pass, batch, TryCommit(batch));
        NoteSettled();
    }

    /// <summary>Notes what became of a batch. What was read behind one that has to be read again is read again too.</summary>
    private bool Settle(JournalPass pass, JournalBatch batch, bool committed)
    {
        NoteSettled();
        if (committed)
        {
            pass.Lines += batch.Builder.Batch.Lines;
            Interlocked.Add(ref _pendingBytes, -batch.Bytes);
            _settled = batch.Taken;
        }
        else
        {
            pass.Again = true;
            pass.Take()?.Builder.Batch.Dispose();
            _committer.Bounds.Forget();
        }
        batch.Builder.Batch.Dispose();
        Collect();
        return committed;
    }

    /// <summary>Tells what was committed to the bounds. New keys may be many: it is done beside the next commit, before something is read.</summary>
    private void NoteSettled()
    {
        if (_settled is { } settled)
            _committer.Bounds.Committed(settled);
        _settled = null;
    }

    /// <summary>Runs both to their end; a failure of either is thrown as it is.</summary>
    private static void InParallel(Action first, Action second)
    {
        try
        {
            Parallel.Invoke(first, second);
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }

    /// <summary>
    /// What a batch was made of lives as long as a commit takes, which is long enough to be taken for lasting. Collected now, when the next
    /// batch is hardly more than its lines, it does not get old. What does get old, sums that waited and were written, goes when much is left behind that.
    /// </summary>
    private void Collect()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _collectedAt < MostGarbage)
            return;
        _collectedAt = allocated;
        GC.Collect(generation: 1);
        if (GC.GetTotalMemory(forceFullCollection: false) < _muchMemory)
            return;
        GC.Collect();
        _muchMemory = Math.Max(UsualMemory, 3 * GC.GetTotalMemory(forceFullCollection: false) / 2);
    }
}

/// <summary>What a pass did.</summary>
/// <param name="BeganAt">Everything that was complete in the journal at this moment is committed, unless something was unreadable.</param>
/// <param name="Lines">How many lines were committed.</param>
/// <param name="Problems">What could not be read and why.</param>
public sealed record PassResult(DateTimeOffset BeganAt, long Lines, IReadOnlyList<string> Problems);
