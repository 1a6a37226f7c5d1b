using StatHub.Core.Journal;
using StatHub.Core.Nginx;
using StatHub.Storage.Journal;

namespace StatHub.Server.Journal;

/// <summary>The journal as requests see it: what the ingest worker last did, and a way to ask it to hurry.</summary>
internal sealed class LiveJournal(JournalCutter cutter, JournalTail tail, TimeProvider time, NginxJournal nginx) : IJournal, IDisposable
{
    private static readonly TimeSpan FreshPatience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _hurry = new(0, 1);
    private readonly Lock _gate = new();
    private TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _sharedCut;
    private long _passBeganTicks = DateTimeOffset.UnixEpoch.UtcTicks;
    private IReadOnlyList<string> _problems = [];

    public DateTimeOffset AsOf => new DateTimeOffset(Interlocked.Read(ref _passBeganTicks), TimeSpan.Zero) - nginx.BufferedFor;

    public long PendingBytes => tail.PendingBytes;

    public IReadOnlyList<string> Problems => cutter.Problem is { } problem ? [.. _problems, problem] : _problems;

    public Task<JournalCut> CutAsync(CancellationToken cancellationToken) => cutter.CutAsync(cancellationToken);

    public async Task<bool> WaitForFreshAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(FreshPatience);
        try
        {
            if (nginx.IsBuffered)
                await CutSharedAsync().WaitAsync(patience.Token);
            var asked = time.GetUtcNow().UtcTicks;
            while (Interlocked.Read(ref _passBeganTicks) < asked)
            {
                var passed = _passed.Task;
                Hurry();
                if (Interlocked.Read(ref _passBeganTicks) < asked)
                    await passed.WaitAsync(patience.Token);
            }
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>The ingest worker finished a pass.</summary>
    public void Passed(PassResult pass)
    {
        if (pass.Problems.Count == 0)
            Interlocked.Exchange(ref _passBeganTicks, pass.BeganAt.UtcTicks);
        _problems = pass.Problems;
        Interlocked.Exchange(ref _passed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>The ingest worker's pass failed.</summary>
    public void Failed(string problem) => _problems = [problem];

    /// <summary>Waits until somebody hurries, at most so long.</summary>
    public Task<bool> WaitForHurryAsync(TimeSpan most, CancellationToken cancellationToken) => _hurry.WaitAsync(most, cancellationToken);

    public void Hurry()
    {
        lock (_gate)
        {
            if (_hurry.CurrentCount == 0)
                _hurry.Release();
        }
    }

    public void Dispose() => _hurry.Dispose();

    /// <summary>Only a reopened nginx has written out its buffers; who asks while one signal is under way shares the next.</summary>
    private Task CutSharedAsync()
    {
        lock (_gate)
        {
            if (_sharedCut is null || _sharedCut.IsCompleted)
                _sharedCut = cutter.CutAsync(CancellationToken.None);
            return _sharedCut;
        }
    }
}
