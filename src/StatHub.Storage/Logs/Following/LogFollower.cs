using Microsoft.Win32.SafeHandles;
using StatHub.Core.Logs.Ringserver;
using StatHub.Storage.Posix;

namespace StatHub.Storage.Logs.Following;

/// <summary>
/// Follows one log: each look reads what was written since, of all files that it is in, up to their last newline. A file that was renamed stays open until nobody writes to it; what was
/// rotated while nobody looked is found by inode and content. Belongs to one thread at a time.
/// </summary>
public sealed class LogFollower : IDisposable
{
    // Where the kernel cannot be asked who writes.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private const int MostPassed = 10_000;

    private readonly LogSource _source;
    private readonly FollowJournal _journal;
    private readonly LogFolder _folder;
    private readonly LogStretch _stretch;
    private readonly List<OpenLog> _open = [];
    private readonly HashSet<FoundLog> _passed = [];
    private List<FollowedFile> _waiting = [];
    private List<FollowedFile> _done = [];
    private bool _isLoaded;
    private long _current = -1;
    private DateTimeOffset? _behindSince;

    // Since when files were written to that were seen and could not be opened, or were not come to.
    private long? _missedFrom;

    internal LogFollower(LogSource source, FollowJournal journal, TransferArgs transfers, int batchBytes)
    {
        (_source, _journal) = (source, journal);
        _folder = new LogFolder(source.Path, source.Others, journal.Spool);
        _stretch = new LogStretch(source, journal, transfers, batchBytes);
        State = new LogSourceState(source.Request.Format?.Name, 0, 0, new FollowedTotals(0, 0, 0), null, null);
    }

    /// <summary>Called when it is known which files there are and none is opened yet; for tests.</summary>
    internal Action OnListed { get; set; } = () => { };

    /// <summary>As the last look left it.</summary>
    public LogSourceState State { get; private set; }

    /// <summary>Brings what was written into the journal, at most one batch of each file; whether there is more.</summary>
    /// <exception cref="IOException">Something could not be read or written; nothing is lost, look again.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    /// <exception cref="LogImportException">The format of its lines is not recognised.</exception>
    public bool Look()
    {
        try
        {
            if (!_isLoaded)
                Load();
            using var current = _folder.OpenCurrent();
            var inode = current is null ? -1 : Libc.Inode(current);
            _current = inode;
            var fresh = Discover(inode);
            var more = false;
            foreach (var log in _open.ToArray())
                more |= Look(log, isCurrent: log.State.Inode == inode || inode < 0, fresh);
            State = Told(inode, null);
            return more;
        }
        catch (Exception exception)
        {
            // What the database says counts, not what was believed.
            if (_stretch.IsInDoubt)
                Forget();
            State = Told(-1, exception.Message);
            throw;
        }
    }

    /// <summary>
    /// Sees how long the files are that are open, and reads nothing. What is cut away later is known then, as far as it was seen, and <see cref="State"/> says what waits.
    /// </summary>
    /// <returns>Whether one was cut short, or another file has the log's name: look at once, before more happens to it.</returns>
    public bool Glance()
    {
        if (!_isLoaded || State.Error is not null)
            return false;
        var (isShorter, isLonger) = (_folder.CurrentInode() is >= 0 and var inode && inode != _current, false);
        foreach (var log in _open)
        {
            var length = RandomAccess.GetLength(log.Handle);
            if (length == log.Length)
                continue;
            if (log.IsCut(length))
            {
                isShorter = true;
                continue;
            }
            log.See(length, _journal.Time.GetUtcNow());
            isLonger = true;
        }
        if (isLonger)
            State = State with { BehindBytes = _open.Sum(log => log.Behind), BehindSince = _behindSince ??= _journal.Time.GetUtcNow() };
        return isShorter;
    }

    public void Dispose() => Forget();

    private void Load()
    {
        _journal.Recover(_source, isRestored: false);
        var (files, format, totals) = _journal.Table.Load(_source);
        _stretch.Begin(format, totals);
        _waiting = [.. files.Where(file => !file.IsDone)];
        _done = [.. files.Where(file => file.IsDone && file.Offset > 0)];
        _isLoaded = true;
    }

    private void Forget()
    {
        foreach (var log in _open)
            log.Dispose();
        _open.Clear();
        _passed.Clear();
        _isLoaded = false;
    }

    /// <summary>Opens files that are not open: those that were read before a restart, those that were rotated since the last look, and what has the log's name now.</summary>
    /// <returns>Whether one was rotated that nothing was read of.</returns>
    private bool Discover(long current)
    {
        var known = _open.Select(log => log.State).Concat(_waiting).Select(file => file.Grew).ToList();
        long? floor = known.Count > 0 ? known.Min() : _done.Count > 0 ? _done.Max(file => file.Grew) : null;
        var fresh = false;
        // Before the others: of a log and a copy of it the log goes on.
        if (current >= 0 && _open.All(log => log.State.Inode != current))
            OpenCurrent();
        if (floor is not null)
            fresh = OpenRotated(Math.Min(floor.Value, _missedFrom ?? long.MaxValue));
        // As long as nothing has the log's name it may be under way to its next one, and what went while it was to be opened is there under another name.
        if (current >= 0 && _missedFrom is null)
            GiveUpWaiting();
        return fresh;
    }

    /// <summary>Opens what was rotated and written to since then; whether nothing was read yet of some of it.</summary>
    private bool OpenRotated(long floor)
    {
        // Until all of them are come to: what is opened meanwhile was written to later than what is not.
        _missedFrom = floor;
        var (fresh, missed) = (false, false);
        var files = _folder.Rotated([.. _waiting.Select(file => file.Inode)]).Where(file => file.Length > 0 && file.Grew >= floor).OrderBy(file => !IsWaitedFor(file)).ThenBy(file => file.IsPacked).ThenBy(file => file.Grew).ToList();
        OnListed();
        foreach (var file in files)
            fresh |= TryOpenRotated(file, ref missed);
        _missedFrom = missed ? floor : null;
        return fresh;
    }

    private bool IsWaitedFor(FoundLog file) => _waiting.Exists(left => left.Inode == file.Inode);

    private bool TryOpenRotated(FoundLog file, ref bool missed)
    {
        if (_passed.Contains(file) || _open.Any(log => log.State.Inode == file.Inode))
            return false;
        if (_folder.Open(file, out var isGone) is not { } handle)
        {
            // It has another name by now, or was packed.
            missed |= isGone;
            if (!isGone)
                Pass(file);
            return false;
        }
        var length = RandomAccess.GetLength(handle);
        if (_waiting.Find(state => state.Matches(handle, length)) is { } left)
        {
            _waiting.Remove(left);
            Open(handle, left with { Inode = file.Inode });
            return false;
        }
        if (length == 0 || _open.Any(log => log.IsSame(handle, length)) || _done.Any(state => state.Matches(handle, length)))
        {
            handle.Dispose();
            Pass(file);
            return false;
        }
        Open(handle, FollowedFile.Beginning(file.Inode, file.Grew));
        return true;
    }

    /// <summary>It need not be looked into again, as long as it is as it is.</summary>
    private void Pass(FoundLog file)
    {
        if (_passed.Count == MostPassed)
            _passed.Clear();
        _passed.Add(file);
    }

    private void OpenCurrent()
    {
        if (_folder.OpenCurrent() is not { } handle)
            return;
        var (inode, length) = (Libc.Inode(handle), RandomAccess.GetLength(handle));
        var left = _waiting.Find(state => state.Matches(handle, length));
        if (left is not null)
            _waiting.Remove(left);
        Open(handle, left is null ? FollowedFile.Beginning(inode, File.GetLastWriteTimeUtc(handle).Ticks) : left with { Inode = inode });
    }

    private void Open(SafeFileHandle handle, FollowedFile state) => _open.Add(new OpenLog(handle, state, _journal.Time.GetUtcNow()));

    private void GiveUpWaiting()
    {
        foreach (var left in _waiting.ToArray())
        {
            _done.Add(_stretch.Cut(left, Math.Max(0, left.Length - left.Offset)));
            _waiting.Remove(left);
        }
    }

    private bool Look(OpenLog log, bool isCurrent, bool fresh)
    {
        var length = RandomAccess.GetLength(log.Handle);
        if (log.IsCut(length))
        {
            Truncated(log, fresh);
            length = RandomAccess.GetLength(log.Handle);
        }
        log.See(length, _journal.Time.GetUtcNow());
        log.State = log.State with { Grew = Math.Min(File.GetLastWriteTimeUtc(log.Handle).Ticks, UnnotedFrom(log)) };
        var more = _stretch.Read(log, isEnded: false);
        if (!isCurrent && !more && IsOver(log))
            Finish(log);
        return more;
    }

    /// <summary>
    /// Since when files were written to that nothing is noted of. A start looks for files from where those were left that are noted: were this one noted as it is, a kill now would lose sight of the others.
    /// </summary>
    private long UnnotedFrom(OpenLog log) =>
        _open.Where(other => other != log && other.State.Offset == 0).Select(other => other.State.Grew).Append(_missedFrom ?? long.MaxValue).Min();

    private void Truncated(OpenLog log, bool fresh)
    {
        // Where nothing was read a copy of it is a file like any other.
        var lost = log.State.Offset == 0 && fresh ? 0 : log.Behind;
        var done = _stretch.Cut(log.State, lost);
        if (done.Offset > 0)
            _done.Add(done);
        log.BeginAnew();
    }

    private bool IsOver(OpenLog log) => Libc.HasWriters(log.Handle) switch
    {
        true => false,
        false => true,
        null => _journal.Time.GetUtcNow() - log.GrownAt > Grace,
    };

    /// <summary>What is behind the last newline is a line: nobody will end it.</summary>
    private void Finish(OpenLog log)
    {
        log.See(RandomAccess.GetLength(log.Handle), _journal.Time.GetUtcNow());
        if (_stretch.Read(log, isEnded: true) || log.Behind > 0)
            return;
        if (log.State.Offset > 0)
            _done.Add(_stretch.Done(log.State));
        _open.Remove(log);
        log.Dispose();
    }

    private LogSourceState Told(long current, string? error)
    {
        var behind = _open.Sum(log => log.Behind);
        _behindSince = behind == 0 && error is null ? null : _behindSince ?? _journal.Time.GetUtcNow();
        var offset = error is null ? _open.Find(log => log.State.Inode == current)?.State.Offset ?? 0 : State.Offset;
        return new LogSourceState(_stretch.Format?.Name, offset, behind, _stretch.Totals, _behindSince, error);
    }
}
