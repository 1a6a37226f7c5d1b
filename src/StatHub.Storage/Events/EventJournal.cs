using System.Buffers;
using Microsoft.Win32.SafeHandles;
using StatHub.Core.Journal;
using StatHub.Storage.Commits;
using StatHub.Storage.Journal;
using StatHub.Storage.Posix;

namespace StatHub.Storage.Events;

/// <summary>
/// Appends lines to a live file of the journal, <c>events.log</c>, and says when they are on disk. Callers at the same time share one write and one
/// fsync. Safe to call from several threads.
/// </summary>
public sealed class EventJournal : IDisposable
{
    /// <summary>The most bytes that may wait for the disk.</summary>
    public const int MostWaitingBytes = 64 * 1024 * 1024;

    private const long MostFileBytes = 64 * 1024 * 1024;

    private readonly JournalFolder _folder;
    private readonly TimeProvider _time;
    private readonly string _path;
    private readonly GroupCommit<string, Append> _groups;
    private SafeFileHandle? _file;
    private long _length;
    private DateTimeOffset _writtenAt;

    internal EventJournal(JournalFolder folder, TimeProvider time)
    {
        (_folder, _time, _path) = (folder, time, Path.Combine(folder.Path, JournalFileName.LiveEvents));
        // What a crash left may end within a line, and nothing may be glued to it.
        CutOff();
        _groups = new GroupCommit<string, Append>("events", new GroupBounds(MostWaitingBytes, MostWaitingBytes, MostWaitingBytes), Commit);
    }

    /// <summary>What was wrong with the last write; null when it succeeded.</summary>
    public string? Problem { get; private set; }

    /// <summary>Appends whole lines; they are on disk when the task is done.</summary>
    /// <param name="lines">Lines, each with its newline. They are copied before this returns.</param>
    /// <exception cref="EventJournalException">They could not be written, or too much waits already. Whether they will be counted is not known.</exception>
    public Task AppendAsync(ReadOnlySpan<byte> lines)
    {
        var append = new Append(lines);
        var refusal = _groups.Add("", append, lines.Length);
        if (refusal == GroupRefusal.None)
            return append.Task;
        append.Release();
        throw new EventJournalException(refusal == GroupRefusal.Stopping ? "The service stops." : "More events come than the disk takes.");
    }

    public void Dispose()
    {
        _groups.Dispose();
        _file?.Dispose();
    }

    private void Commit(IReadOnlyList<Append> group)
    {
        var lines = group.Select(append => append.Lines).ToList();
        var bytes = lines.Sum(line => (long)line.Length);
        var failure = TryWrite(lines, bytes);
        Problem = failure?.Message;
        foreach (var append in group)
        {
            append.Release();
            if (failure is null)
                append.SetResult();
            else
                append.SetException(failure);
        }
    }

    private EventJournalException? TryWrite(IReadOnlyList<ReadOnlyMemory<byte>> lines, long bytes)
    {
        try
        {
            var now = _time.GetUtcNow();
            if (_file is null || _length >= MostFileBytes || now.Ticks / TimeSpan.TicksPerMinute != _writtenAt.Ticks / TimeSpan.TicksPerMinute)
                Open();
            RandomAccess.Write(_file!, lines, _length);
            RandomAccess.FlushToDisk(_file!);
            (_length, _writtenAt) = (_length + bytes, now);
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, everybody who waits is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // What a failed write or fsync left is not to be trusted: nothing more goes into that file.
            _file?.Dispose();
            _file = null;
            return new EventJournalException(DiskFull.Is(exception) ? "The disk of the data folder is full." : "The journal cannot be written: " + exception.Message, exception);
        }
    }

    private void Open()
    {
        _file?.Dispose();
        _file = null;
        CutOff();
        _file = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
        _length = 0;
        Libc.SyncFolder(_folder.Path);
    }

    private void CutOff()
    {
        if (!File.Exists(_path))
            return;
        if (new FileInfo(_path).Length == 0)
            File.Delete(_path);
        else
            _folder.CutLive(File.GetLastWriteTimeUtc(_path), JournalFileName.LiveEvents);
    }

    /// <summary>Lines, and the task of who waits for them. It goes on elsewhere: the next group does not wait for that.</summary>
    private sealed class Append : TaskCompletionSource
    {
        private readonly int _length;
        private byte[] _copy;

        public Append(ReadOnlySpan<byte> lines)
            : base(TaskCreationOptions.RunContinuationsAsynchronously)
        {
            (_copy, _length) = (ArrayPool<byte>.Shared.Rent(lines.Length), lines.Length);
            lines.CopyTo(_copy);
        }

        public ReadOnlyMemory<byte> Lines => _copy.AsMemory(0, _length);

        /// <summary>Gives the memory of the lines back.</summary>
        public void Release()
        {
            ArrayPool<byte>.Shared.Return(_copy);
            _copy = [];
        }
    }
}
