using StatHub.Server.Tokens;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server.Tokens;

public sealed class BucketsTests
{
    private readonly ManualTime _time = new(StatHubApi.Noon);

    [Fact]
    public void A_burst_passes_and_then_as_many_as_leak()
    {
        var buckets = new Buckets(_time, TimeSpan.FromSeconds(2), 3);

        Enumerable.Range(0, 3).Select(_ => buckets.Add(7)).ToList().Should().OnlyContain(wait => wait == TimeSpan.Zero);
        buckets.Add(7).Should().Be(TimeSpan.FromSeconds(2));
        buckets.Wait(7).Should().Be(TimeSpan.FromSeconds(2));

        _time.Now += TimeSpan.FromSeconds(1);
        buckets.Add(7).Should().Be(TimeSpan.FromSeconds(1));
        _time.Now += TimeSpan.FromSeconds(1);
        buckets.Wait(7).Should().Be(TimeSpan.Zero);
        buckets.Add(7).Should().Be(TimeSpan.Zero);
        buckets.Add(7).Should().Be(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_bucket_that_leaked_empty_takes_a_burst_again_and_no_more()
    {
        var buckets = new Buckets(_time, TimeSpan.FromSeconds(2), 3);
        buckets.Add(7);
        _time.Now += TimeSpan.FromHours(5);

        Enumerable.Range(0, 4).Select(_ => buckets.Add(7) == TimeSpan.Zero).ToList().Should().Equal(true, true, true, false);
    }

    [Fact]
    public void Every_key_has_its_own()
    {
        var buckets = new Buckets(_time, TimeSpan.FromSeconds(1), 1);

        Enumerable.Range(0, 1000).Select(key => buckets.Add((UInt128)key)).ToList().Should().OnlyContain(wait => wait == TimeSpan.Zero);
        buckets.Add(0).Should().BePositive();
    }

    [Fact]
    public void A_clock_that_was_set_back_locks_nobody_out_for_longer_than_a_full_bucket()
    {
        var buckets = new Buckets(_time, TimeSpan.FromSeconds(1), 3);
        for (var i = 0; i < 3; i++)
            buckets.Add(7);
        _time.Now -= TimeSpan.FromDays(1);

        buckets.Wait(7).Should().Be(TimeSpan.FromSeconds(1));
        buckets.Add(7).Should().Be(TimeSpan.FromSeconds(1));
        _time.Now += TimeSpan.FromSeconds(3);
        buckets.Add(7).Should().BePositive("what was refused is not noted, and the clock is still behind");
    }

    [Fact]
    public void A_table_forgets_the_earliest_and_never_grows()
    {
        var table = new InstantTable(8);
        for (var key = 1; key <= 10_000; key++)
            table.Write((UInt128)key, key);

        var left = Enumerable.Range(1, 10_000).Where(key => table.Read((UInt128)key) == key).ToList();

        left.Should().HaveCount(8);
        left.Should().OnlyContain(key => key > 9_900);
    }

    [Fact]
    public void Many_threads_take_no_more_than_there_is()
    {
        var buckets = new Buckets(_time, TimeSpan.FromSeconds(1), 1000);
        var taken = 0;

        Parallel.For(0, 5000, _ =>
        {
            if (buckets.Add(7) == TimeSpan.Zero)
                Interlocked.Increment(ref taken);
        });

        taken.Should().Be(1000);
    }
}
