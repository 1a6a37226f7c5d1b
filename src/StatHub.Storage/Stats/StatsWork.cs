namespace StatHub.Storage.Stats;

/// <summary>Something that waits to be done in a commit.</summary>
internal abstract class StatsWork
{
    /// <summary>Does it, within a transaction that others share.</summary>
    public abstract void Do();

    /// <summary>What was done is durable.</summary>
    public abstract void Done();

    /// <summary>It was not done.</summary>
    public abstract void Failed(Exception exception);
}

/// <summary>Something that gives an answer to who waits for it.</summary>
/// <param name="work">What is done.</param>
/// <param name="onDone">Called when it is durable, before anybody is told.</param>
internal sealed class StatsWork<T>(Func<T> work, Action onDone) : StatsWork
{
    // Who waits goes on elsewhere: the next commit does not wait for that.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Task => _answer.Task;

    public override void Do() => _result = work();

    public override void Done()
    {
        onDone();
        _answer.SetResult(_result!);
    }

    public override void Failed(Exception exception) => _answer.SetException(exception);
}
