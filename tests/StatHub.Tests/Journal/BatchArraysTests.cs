using StatHub.Core.Journal;

namespace StatHub.Tests.Journal;

public sealed class BatchArraysTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(65_537)]
    [InlineData(5_000_000)]
    public void An_array_has_room_and_comes_back_for_the_next(int length)
    {
        var array = BatchArrays<Large>.Rent(length);
        array.Length.Should().BeGreaterThanOrEqualTo(length);
        BatchArrays<Large>.Return(array);

        BatchArrays<Large>.Rent(length).Should().BeSameAs(array);
    }

    [Fact]
    public async Task Large_ones_are_shared_by_all_threads_and_few_are_kept()
    {
        const int length = 16 * 1024 * 1024;
        var arrays = Enumerable.Range(0, 8).Select(_ => BatchArrays<Shared>.Rent(length)).ToList();
        foreach (var array in arrays)
            await OnAThreadOfItsOwn(() => BatchArrays<Shared>.Return(array));

        var again = Enumerable.Range(0, 8).Select(_ => BatchArrays<Shared>.Rent(length)).ToList();

        again.Count(arrays.Contains).Should().Be(4, "64 MiB are kept of arrays of 16 MiB");
    }

    [Fact]
    public void What_was_in_an_array_is_not_kept_alive()
    {
        var array = BatchArrays<object?>.Rent(100_000);
        array[99_999] = new object();
        BatchArrays<object?>.Return(array);

        array.Should().OnlyContain(item => item == null);
    }

    private static Task OnAThreadOfItsOwn(Action action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    // Types of their own, so that no other test rents these arrays.
    private readonly record struct Large(byte Byte);

    private readonly record struct Shared(byte Byte);
}
