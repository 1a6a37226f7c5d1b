using System.Collections.Concurrent;
using StatHub.Storage.Commits;

namespace StatHub.Tests.Storage.Commits;

public sealed class SyncLanesTests : IDisposable
{
    private readonly ConcurrentQueue<TaskCompletionSource> _syncs = [];
    private readonly ConcurrentQueue<string> _told = [];
    private readonly SyncLanes _lanes;

    public SyncLanesTests() => _lanes = new SyncLanes("test", 3, () =>
    {
        var sync = new TaskCompletionSource();
        _syncs.Enqueue(sync);
        sync.Task.GetAwaiter().GetResult();
    });

    [Fact]
    public async Task A_sync_is_for_everything_that_was_committed_before_it_and_is_told_in_order()
    {
        await CommitAsync("a", syncs: 1);
        await CommitAsync("b", syncs: 2);
        await CommitAsync("c", syncs: 3);

        _syncs.ElementAt(1).SetResult();

        await Waiting.UntilAsync(() => _told.Count == 2);
        _told.Should().Equal("a", "b");
        _syncs.ElementAt(0).SetResult();
        _syncs.ElementAt(2).SetResult();
        _lanes.Drain();
        _told.Should().Equal("a", "b", "c");
    }

    [Fact]
    public async Task No_more_are_committed_than_may_wait()
    {
        foreach (var commit in (string[])["a", "b", "c"])
            await CommitAsync(commit, syncs: _syncs.Count + 1);

        var fourth = Task.Run(() => Add("d"));

        (await Task.WhenAny(fourth, Task.Delay(50))).Should().NotBe(fourth);
        _syncs.ElementAt(0).SetResult();
        await fourth;
    }

    [Fact]
    public async Task After_a_failure_nothing_is_durable_until_who_commits_begins_anew()
    {
        await CommitAsync("a", syncs: 1);
        await CommitAsync("b", syncs: 2);
        _syncs.ElementAt(0).SetException(new IOException("no disk"));
        await Waiting.UntilAsync(() => _told.Count == 1);
        _syncs.ElementAt(1).SetResult();

        Add("c");
        _lanes.Drain();

        _told.Should().Equal("a: no disk", "b: no disk", "c: no disk");
        _lanes.TakeFailure()!.Message.Should().Be("no disk");
        _lanes.TakeFailure().Should().BeNull();
        await CommitAsync("d", syncs: 3);
        _syncs.ElementAt(2).SetResult();
        _lanes.Drain();
        _told.Should().HaveElementAt(3, "d");
    }

    public void Dispose()
    {
        foreach (var sync in _syncs)
            sync.TrySetResult();
        var closing = Task.Run(_lanes.Dispose);
        while (!closing.IsCompleted)
        {
            foreach (var sync in _syncs)
                sync.TrySetResult();
        }
    }

    private async Task CommitAsync(string name, int syncs)
    {
        Add(name);
        await Waiting.UntilAsync(() => _syncs.Count == syncs);
    }

    private void Add(string name) => _lanes.Add(failure => _told.Enqueue(failure is null ? name : $"{name}: {failure.Message}"));
}
