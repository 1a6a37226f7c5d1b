using StatHub.Storage.Commits;

namespace StatHub.Tests.Storage.Commits;

public sealed class TurnQueueTests
{
    private readonly TurnQueue<string, int> _queue = new(most: 100, mostOfOwner: 60);

    [Fact]
    public void Owners_take_turns_and_what_one_brings_stays_in_order()
    {
        foreach (var (owner, work) in (ReadOnlySpan<(string, int)>)[("a", 1), ("a", 2), ("a", 3), ("b", 4), ("c", 5), ("b", 6)])
            _queue.TryAdd(owner, work, 1).Should().BeTrue();

        TakeAll().Should().Equal(1, 4, 5, 2, 6, 3);
        _queue.Count.Should().Be(0);
    }

    [Fact]
    public void Who_brings_too_much_is_refused_and_others_are_not()
    {
        _queue.TryAdd("a", 1, 50).Should().BeTrue();
        _queue.TryAdd("a", 2, 11).Should().BeFalse("one owner may have 60");
        _queue.TryAdd("b", 3, 40).Should().BeTrue();
        _queue.TryAdd("b", 4, 20).Should().BeFalse("all may have 100");

        TakeAll().Should().Equal(1, 3);
        _queue.TryAdd("a", 5, 1000).Should().BeTrue("one thing may always wait");
        _queue.TryAdd("b", 6, 1).Should().BeFalse();
        TakeAll().Should().Equal(5);
    }

    [Fact]
    public void What_weighs_more_than_there_is_room_for_stays_next()
    {
        _queue.TryAdd("a", 1, 30);
        _queue.TryAdd("b", 2, 1);

        _queue.TryTake(29, out _, out _).Should().BeFalse();

        _queue.TryTake(30, out var work, out var weight).Should().BeTrue();
        (work, weight).Should().Be((1, 30));
    }

    private List<int> TakeAll()
    {
        var works = new List<int>();
        while (_queue.TryTake(long.MaxValue, out var work, out _))
            works.Add(work);
        return works;
    }
}
