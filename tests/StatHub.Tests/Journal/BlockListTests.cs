using StatHub.Core.Journal;

namespace StatHub.Tests.Journal;

public sealed class BlockListTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void Items_that_were_begun_lie_side_by_side_in_one_block(int most)
    {
        using var list = new BlockList<int>();
        var starts = new List<(int Start, int Count, int First)>();
        for (var (added, group) = (0, 0); added < 3 * BlockList<int>.BlockItems; group++)
        {
            var (start, count) = (list.Begin(most), group % (most + 1));
            starts.Add((start, count, added));
            for (var i = 0; i < count; i++)
                list.Add(added++).Should().Be(start + i);
        }

        starts.Should().AllSatisfy(group => list.Slice(group.Start, group.Count).ToArray().Should().Equal(Enumerable.Range(group.First, group.Count)));
    }

    [Fact]
    public void An_item_can_be_changed_where_it_is()
    {
        using var list = new BlockList<int>();
        var numbers = Enumerable.Range(0, 2 * BlockList<int>.BlockItems + 1).Select(i => list.Add(i)).ToList();

        foreach (var number in numbers)
            list[number] *= 2;

        numbers.Should().AllSatisfy(number => list[number].Should().Be(2 * number));
    }
}
