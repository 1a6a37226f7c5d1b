using System.Security.Cryptography;
using System.Threading.Channels;

namespace StatHub.Client.Events;

/// <summary>
/// Events that wait, in bounded memory, and the task that sends them in batches. A batch is sent until StatHub has it or says that it never will; meanwhile the queue fills, and
/// what comes when it is full is dropped and counted.
/// </summary>
internal sealed class EventQueue : IAsyncDisposable
{
    // So that a batch fits what a proxy in between takes as a body.
    private const int MostBatchBytes = 512 * 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    private readonly StatHubClientOptions _options;
    private readonly EventSender _sender;
    private readonly EventCounter _counter;
    private readonly TimeProvider _time;
    private readonly Channel<byte[]> _events;
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _sending;
    private readonly Lazy<Task> _end;
    private TaskCompletionSource _hurry = NewSignal();
    private long _bytes;

    public EventQueue(StatHubClientOptions options, EventSender sender, EventCounter counter, TimeProvider time)
    {
        (_options, _sender, _counter, _time) = (options, sender, counter, time);
        _events = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(options.QueueCapacity) { SingleReader = true });
        _end = new Lazy<Task>(EndAsync);
        _sending = Task.Run(SendAllAsync);
    }

    /// <summary>Takes an event; never waits.</summary>
    public LogResult Add(byte[] json)
    {
        if (_ending.IsCancellationRequested)
            return _counter.Drop(1, "The client has ended.");
        if (Interlocked.Add(ref _bytes, json.Length) > _options.QueueBytes || !_events.Writer.TryWrite(json))
        {
            Interlocked.Add(ref _bytes, -json.Length);
            return _counter.Drop(1, "The queue is full.");
        }
        _counter.Wait(1);
        return new LogResult(LogState.Queued);
    }

    /// <summary>Sends without waiting for batches to fill, until nothing waits.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (_counter.Waiting > 0 && !_sending.IsCompleted)
        {
            var settled = _counter.Settled;
            _hurry.TrySetResult();
            if (_counter.Waiting > 0)
                await Task.WhenAny(settled, _sending).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends what waits; who calls it again waits for the same end.</summary>
    public ValueTask DisposeAsync() => new(_end.Value);

    private async Task EndAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        _events.Writer.TryComplete();
        _hurry.TrySetResult();
        try
        {
            await _sending.WaitAsync(_options.ShutdownPatience, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _ended.CancelAsync().ConfigureAwait(false);
            await _sending.ConfigureAwait(false);
        }
        _counter.DropWaiting("The client ended before they were sent.");
    }

    private async Task SendAllAsync()
    {
        try
        {
            while (await NextBatchAsync().ConfigureAwait(false) is { } batch)
            {
                await DeliverAsync(batch).ConfigureAwait(false);
                Interlocked.Add(ref _bytes, -batch.Sum(one => (long)one.Length));
            }
        }
        catch (OperationCanceledException)
        {
            // The client's patience is over; what waits is counted as dropped.
        }
    }

    /// <summary>Events up to a full batch, or those of one interval; null at the end.</summary>
    private async Task<List<byte[]>?> NextBatchAsync()
    {
        if (!await _events.Reader.WaitToReadAsync(_ended.Token).ConfigureAwait(false))
            return null;
        if (_events.Reader.Count < _options.BatchSize && !_ending.IsCancellationRequested)
        {
            await Task.WhenAny(Task.Delay(_options.FlushInterval, _time, _ended.Token), _hurry.Task).ConfigureAwait(false);
            if (_hurry.Task.IsCompleted)
                _hurry = NewSignal();
        }
        var batch = new List<byte[]>();
        var bytes = 0;
        while (batch.Count < _options.BatchSize && bytes < MostBatchBytes && _events.Reader.TryRead(out var json))
        {
            batch.Add(json);
            bytes += json.Length;
        }
        return batch;
    }

    /// <summary>Sends a batch until none of it is left.</summary>
    private async Task DeliverAsync(List<byte[]> batch)
    {
        var left = batch;
        var key = NewKey();
        for (var failures = 0; left.Count > 0;)
        {
            var result = await _sender.SendAsync(left, key, _ended.Token).ConfigureAwait(false);
            if (result.Ids is not null)
            {
                _counter.Accept(left.Count);
                return;
            }
            _counter.Fail(result.Failure!);
            if (result.Faults.Count > 0)
            {
                _counter.DropWaiting(result.Faults.Count, result.Failure!);
                left = [.. left.Where((_, place) => !result.Faults.Contains(place))];
                key = NewKey();
            }
            else if (result.IsTooLarge)
            {
                await DeliverHalvesAsync(left, result.Failure!).ConfigureAwait(false);
                return;
            }
            else if (result.NeedsOtherKey)
            {
                key = NewKey();
            }
            else
            {
                await RestAsync(Pause(failures++, result.Wait)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The end of the client ends a long pause: there may be just time enough for another try.</summary>
    private async Task RestAsync(TimeSpan pause)
    {
        if (!_ending.IsCancellationRequested)
            await Task.WhenAny(Task.Delay(pause, _time, _ending.Token)).ConfigureAwait(false);
        else
            await Task.Delay(pause < FirstPause ? pause : FirstPause, _time, _ended.Token).ConfigureAwait(false);
    }

    private async Task DeliverHalvesAsync(List<byte[]> events, string failure)
    {
        if (events.Count == 1)
        {
            _counter.DropWaiting(1, failure);
            return;
        }
        await DeliverAsync(events[..(events.Count / 2)]).ConfigureAwait(false);
        await DeliverAsync(events[(events.Count / 2)..]).ConfigureAwait(false);
    }

    /// <summary>Twice as long each time, and not for all clients at the same moment.</summary>
    private TimeSpan Pause(int failures, TimeSpan? asked)
    {
        var most = FirstPause * Math.Pow(2, Math.Min(failures, 20));
        if (most > _options.LongestPause)
            most = _options.LongestPause;
        var pause = most * (0.5 + RandomNumberGenerator.GetInt32(1000) / 2000.0);
        return asked > pause ? asked.Value : pause;
    }

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
