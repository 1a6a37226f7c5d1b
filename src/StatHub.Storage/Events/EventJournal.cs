using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using StatHub.Core.Journal;
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
    private const int ManyCallers = 8;

    // About what an fsync takes.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(1);

    private readonly JournalFolder _folder;
    private readonly TimeProvider _time;
    private readonly string _path;
    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _waiting = new();
    private ArrayBufferWriter<byte> _spare = new();
    private TaskCompletionSource _group = NewGroup();
    private int _callers;
    private bool _isWriting;
    private bool _isDisposed;
    private SafeFileHandle? _file;
    private long _length;
    private DateTimeOffset _writtenAt;

    internal EventJournal(JournalFolder folder, TimeProvider time)
    {
        (_folder, _time, _path) = (folder, time, Path.Combine(folder.Path, JournalFileName.LiveEvents));
        // What a crash left may end within a line, and nothing may be glued to it.
        CutOff();
    }

    /// <summary>What was wrong with the last write; null when it succeeded.</summary>
    public string? Problem { get; private set; }

    /// <summary>Appends whole lines; they are on disk when the task is done.</summary>
    /// <param name="lines">Lines, each with its newline. They may be reused when the method returns.</param>
    /// <exception cref="EventJournalException">They could not be written, or too much waits already. Whether they will be counted is not known.</exception>
    public Task AppendAsync(ReadOnlySpan<byte> lines)
    {
        lock (_gate)
        {
            if (_isDisposed)
                throw new EventJournalException("The service stops.");
            if (_waiting.WrittenCount + (long)lines.Length > MostWaitingBytes && _waiting.WrittenCount > 0)
                throw new EventJournalException("More events come than the disk takes.");
            _waiting.Write(lines);
            _callers++;
            if (!_isWriting)
            {
                _isWriting = true;
                _ = Task.Run(WriteGroupsAsync);
            }
            return _group.Task;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            if (_isWriting)
                return;
        }
        _file?.Dispose();
    }

    /// <summary>
    /// Writes until nothing waits. Where many call at the same time most of those who have just got their answer call again at once: waiting for them
    /// costs less than an fsync for each few.
    /// </summary>
    private async Task WriteGroupsAsync()
    {
        while (TryTake(out var lines, out var group, out var callers))
        {
            var failure = TryWrite(lines.WrittenSpan);
            Problem = failure?.Message;
            lines.ResetWrittenCount();
            _spare = lines;
            if (failure is null)
                group.SetResult();
            else
                group.SetException(failure);
            if (callers >= ManyCallers)
                await Task.Delay(Gathering, TimeProvider.System).ConfigureAwait(false);
        }
    }

    private bool TryTake(out ArrayBufferWriter<byte> lines, [NotNullWhen(true)] out TaskCompletionSource? group, out int callers)
    {
        lock (_gate)
        {
            (lines, group, callers, _callers) = (_waiting, _group, _callers, 0);
            if (lines.WrittenCount > 0)
            {
                (_waiting, _group) = (_spare, NewGroup());
                return true;
            }
            _isWriting = false;
            if (_isDisposed)
                _file?.Dispose();
            return false;
        }
    }

    private EventJournalException? TryWrite(ReadOnlySpan<byte> lines)
    {
        try
        {
            var now = _time.GetUtcNow();
            if (_file is null || _length >= MostFileBytes || now.Ticks / TimeSpan.TicksPerMinute != _writtenAt.Ticks / TimeSpan.TicksPerMinute)
                Open();
            RandomAccess.Write(_file!, lines, _length);
            RandomAccess.FlushToDisk(_file!);
            (_length, _writtenAt) = (_length + lines.Length, now);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
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

    private static TaskCompletionSource NewGroup() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
