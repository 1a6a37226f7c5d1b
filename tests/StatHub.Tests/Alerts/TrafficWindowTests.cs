using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Alerts;
using StatHub.Core.Hits;

namespace StatHub.Tests.Alerts;

public sealed class TrafficWindowTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddSeconds(1_800_000_000);

    [Fact]
    public void Whatever_comes_and_whatever_the_clock_does_it_has_what_a_plain_list_has() =>
        Prop.ForAll(TrafficHistory.Any, history =>
        {
            var (window, model, now) = (history.Window(), history.Model(), TrafficHistory.Start);
            foreach (var step in history.Steps)
            {
                if (step is TrafficStep.Clock clock)
                {
                    now += TimeSpan.FromMilliseconds(clock.Milliseconds);
                    window.Advance(now);
                    model.Advance(now);
                }
                else if (step is TrafficStep.Entry entry)
                {
                    var at = now.ToUnixTimeMilliseconds() + entry.Offset;
                    window.Add(at, entry.IsError, entry.Value * HitValue.One, Encoding.UTF8.GetBytes(entry.Client));
                    model.Add(at, entry.IsError, entry.Value * HitValue.One, entry.Client);
                }
                window.Sums.Should().Be(model.Measure());
                window.Clients().Should().Equal(model.Clients());
                window.HitsByBucket().Should().Equal(model.HitsByBucket());
                (window.Late, window.Future, window.IsWhole, window.IsWatched).Should().Be((model.Late, model.Future, model.IsWhole, model.IsWatched));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData(-119_000, EntryPlace.Window)]
    [InlineData(-119_001, EntryPlace.Late)]
    [InlineData(-120_000, EntryPlace.Late)]
    [InlineData(999, EntryPlace.Window)]
    [InlineData(1_000, EntryPlace.Future)]
    [InlineData(86_400_000, EntryPlace.Future)]
    public void An_entry_is_placed_by_its_own_time(int milliseconds, EntryPlace place)
    {
        // The window has 120 buckets, that of the instant is the last.
        var window = new TrafficWindow(new TrafficWindowSettings(), Start);
        window.Add(Start.ToUnixTimeMilliseconds() + milliseconds, false, HitValue.One, "a"u8).Should().Be(place);
        window.Sums.Hits.Should().Be(place == EntryPlace.Window ? 1 : 0);
    }

    [Fact]
    public void An_entry_that_is_ahead_counts_when_the_window_gets_there()
    {
        var window = new TrafficWindow(new TrafficWindowSettings { Ahead = TimeSpan.FromSeconds(60), MostClients = 10 }, Start);
        window.Add(Start.AddSeconds(60).ToUnixTimeMilliseconds(), true, 5, "a"u8).Should().Be(EntryPlace.Ahead);
        window.Add(Start.AddSeconds(61).ToUnixTimeMilliseconds(), true, 5, "a"u8).Should().Be(EntryPlace.Future);
        window.Advance(Start.AddSeconds(59));
        (window.Sums.Hits, window.HitsOf("a")).Should().Be((0, 0));
        window.Advance(Start.AddSeconds(60));
        window.Sums.Should().Be(new AlertMeasure(1, 1, new ValueSum(5)));
        window.HitsOf("a").Should().Be(1);
    }

    [Fact]
    public void Times_of_any_size_are_of_the_past_or_of_the_future()
    {
        var window = new TrafficWindow(new TrafficWindowSettings(), Start);
        window.Add(long.MinValue, false, 1, "a"u8).Should().Be(EntryPlace.Late);
        window.Add(long.MaxValue, false, 1, "a"u8).Should().Be(EntryPlace.Future);
        window.Advance(DateTimeOffset.MaxValue);
        window.Advance(DateTimeOffset.MinValue);
        window.Sums.Should().Be(default(AlertMeasure));
    }

    [Fact]
    public void Sums_of_values_are_exact_beyond_64_bits()
    {
        var window = new TrafficWindow(new TrafficWindowSettings(), Start);
        const long largest = 999_999_999_999_999_999;
        for (var i = 0; i < 100; i++)
            window.Add(Start.ToUnixTimeMilliseconds(), false, largest, default);
        window.Sums.Value.Millionths.Should().Be((Int128)largest * 100);
        window.Advance(Start.AddSeconds(120));
        window.Sums.Should().Be(default(AlertMeasure));
    }

    [Theory]
    [InlineData(120_000, 7_000, 0, "The window is a whole number of buckets, 1 or more.")]
    [InlineData(500, 1_000, 0, "The window is a whole number of buckets, 1 or more.")]
    [InlineData(1_000, 0, 0, "A bucket is a whole number of milliseconds, 1 or more.")]
    [InlineData(1_000, 1_000, 1_500, "What is ahead of the window is a whole number of buckets.")]
    [InlineData(10_001, 1, 0, "A window has at most 10000 buckets: make them longer.")]
    public void Settings_that_cannot_be_are_refused(int window, int bucket, int ahead, string mistake)
    {
        var settings = new TrafficWindowSettings
        {
            Window = TimeSpan.FromMilliseconds(window),
            Bucket = TimeSpan.FromMilliseconds(bucket),
            Ahead = TimeSpan.FromMilliseconds(ahead),
        };
        settings.Mistake.Should().Be(mistake);
        FluentActions.Invoking(() => new TrafficWindow(settings, Start)).Should().Throw<ArgumentException>().WithMessage(mistake + "*");
    }
}
