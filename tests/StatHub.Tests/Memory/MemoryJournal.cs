using StatHub.Core.Journal;
using StatHub.Core.Nginx;

namespace StatHub.Tests.Memory;

/// <summary>A journal without files: what is written waits in a list until it is read into the store.</summary>
public sealed class MemoryJournal(MemoryStore store, TimeProvider time) : IJournal
{
    private readonly Lock _lock = new();
    private readonly List<string> _pending = [];

    public DateTimeOffset AsOf { get; private set; } = time.GetUtcNow();

    /// <summary>Whether the reader keeps up.</summary>
    public bool IsReading { get; set; } = true;

    /// <summary>Why nginx cannot be signalled.</summary>
    public string? SignalFailure { get; set; }

    public long PendingBytes
    {
        get
        {
            lock (_lock)
                return _pending.Sum(line => line.Length + 1);
        }
    }

    public IReadOnlyList<string> Problems { get; set; } = [];

    /// <summary>An empty journal that is read, with an nginx that can be signalled.</summary>
    public void Clear()
    {
        lock (_lock)
            _pending.Clear();
        AsOf = time.GetUtcNow();
        IsReading = true;
        SignalFailure = null;
        Problems = [];
    }

    /// <summary>Writes lines that are not read yet.</summary>
    public void Write(params IEnumerable<string> lines)
    {
        lock (_lock)
            _pending.AddRange(lines);
    }

    public Task<bool> WaitForFreshAsync(CancellationToken cancellationToken)
    {
        if (IsReading)
            Commit();
        return Task.FromResult(IsReading);
    }

    public void Hurry()
    {
        if (IsReading)
            Commit();
    }

    public Task<JournalCut> CutAsync(CancellationToken cancellationToken)
    {
        if (SignalFailure is not null)
            throw new ReopenException(SignalFailure);
        var bytes = PendingBytes;
        if (bytes == 0)
            return Task.FromResult(new JournalCut(null, 0, false, "The live file is empty."));
        Commit();
        return Task.FromResult(new JournalCut("hits-2026-03-01-10-00.log", bytes, true, null));
    }

    /// <summary>Reads all that is written.</summary>
    public void Commit()
    {
        lock (_lock)
        {
            store.Ingest(_pending);
            _pending.Clear();
            AsOf = time.GetUtcNow();
        }
    }
}
