using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage.Visitors;

public sealed class VisitorWriterTests : IDisposable
{
    private readonly StoreFolder _folder = new(pendingValues: 0);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_day_that_is_long_over_gets_no_sketch_of_its_own_and_its_visitors_are_those_of_its_hours()
    {
        foreach (var daysAgo in (int[])[0, 4, 5, 40])
        {
            var hour = new DateTimeOffset(_folder.Time.Now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-daysAgo).AddHours(3);
            // Where the salt is destroyed meanwhile who comes again would be another.
            Visit((hour, "192.0.2.1"), (hour.AddHours(2), "192.0.2.1"), (hour, "192.0.2.2"));
            Visit((hour.AddHours(1), $"198.51.100.{daysAgo}"));
            Visitors(hour).Should().Be(3);
        }

        Days().Should().Equal(Day(-4), Day(0));
    }

    [Fact]
    public void A_sketch_goes_with_the_first_hits_of_the_next_day_that_are_written()
    {
        var day = _folder.Time.Now;
        Visit((day, "192.0.2.1"));
        var first = Day(0);

        _folder.Time.Now = day.AddDays(5);
        Visit((day.AddMinutes(1), "192.0.2.2"), (_folder.Time.Now, "192.0.2.3"));

        Days().Should().Equal(first + 5);
        Visitors(day).Should().Be(2);
    }

    private void Visit(params (DateTimeOffset At, string Address)[] visits)
    {
        // Days of few hits are packed, and have no sketch of their own.
        _folder.AppendLines([.. visits.SelectMany(visit => Enumerable.Repeat(
            JournalLine.Of("demo", "home", visit.At, userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", remoteAddress: visit.Address), 10))]);
        _folder.Store.Tail.Run(CancellationToken.None);
    }

    private long Day(int days) => MinuteRange.MinuteOf(_folder.Time.Now) / MinuteRange.PerDay + days;

    private long? Visitors(DateTimeOffset day)
    {
        var number = MinuteRange.MinuteOf(day) / MinuteRange.PerDay;
        return _folder.Store.Counts.Count(new HitScope(TenantId.Parse("demo")), new DayRange(number, number + 1).Minutes).Visitors;
    }

    /// <summary>The days that have sketches.</summary>
    private IEnumerable<long> Days() => _folder.Sql("SELECT DISTINCT day FROM visitor_day ORDER BY day").Split('\n').Select(long.Parse);
}
