using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Time;

namespace StatHub.Tests.Time;

public class SeriesBucketsTests
{
    private static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns",
        "America/Sao_Paulo", "Africa/Cairo", "America/Havana", "Pacific/Apia", "Pacific/Chatham", "Asia/Beirut", "Africa/Monrovia",
    ];

    [Theory]
    [InlineData("2026-03-29", 23)]
    [InlineData("2026-10-25", 25)]
    [InlineData("2026-06-01", 24)]
    public void A_day_in_Berlin_has_as_many_hours_as_its_clocks_show(string day, int hours)
    {
        var berlin = Clock("Europe/Berlin");
        var start = Minute(day, berlin);
        var end = berlin.StartOfDay(berlin.Date(start).AddDays(1));

        Divide(start, end, SeriesStep.Hour, berlin).Starts.Should().HaveCount(hours);
        (end - start).Should().Be(hours * 60);
    }

    [Fact]
    public void Days_begin_at_local_midnight()
    {
        var berlin = Clock("Europe/Berlin");

        Divide(Minute("2026-03-28", berlin), Minute("2026-03-31", berlin), SeriesStep.Day, berlin).Starts.Select(Text)
            .Should().Equal("2026-03-27T23:00", "2026-03-28T23:00", "2026-03-29T22:00");
    }

    [Theory]
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00")] // 00:00 became 01:00
    [InlineData("Africa/Cairo", "2026-04-24", "2026-04-23T22:00")] // 00:00 became 01:00
    [InlineData("America/Havana", "2026-11-01", "2026-11-01T04:00")] // 01:00 became 00:00: midnight comes twice
    [InlineData("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15")]
    [InlineData("Asia/Kolkata", "2026-01-01", "2025-12-31T18:30")]
    [InlineData("America/St_Johns", "2006-10-29", "2006-10-29T02:30")] // 00:01 became 23:01: the date comes twice
    public void A_day_begins_with_the_first_minute_of_its_date(string zone, string date, string start) =>
        Text(Clock(zone).StartOfDay(DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture))).Should().Be(start);

    [Fact]
    public void A_day_that_a_zone_skipped_has_no_bucket()
    {
        var apia = Clock("Pacific/Apia");

        Divide(Minute("2011-12-29", apia), Minute("2012-01-01", apia), SeriesStep.Day, apia).Starts.Select(start => apia.Date(start).ToString("MM-dd", null))
            .Should().Equal("12-29", "12-31");
    }

    [Fact]
    public void A_repeated_half_hour_belongs_to_its_hour()
    {
        var lordHowe = Clock("Australia/Lord_Howe");
        var buckets = Divide(Minute("2026-04-05", lordHowe), Minute("2026-04-06", lordHowe), SeriesStep.Hour, lordHowe);

        buckets.Starts.Should().HaveCount(24);
        Lengths(buckets).Should().ContainSingle(length => length == 90).And.OnlyContain(length => length == 60 || length == 90);
    }

    [Fact]
    public void A_skipped_half_hour_shortens_its_hour()
    {
        var lordHowe = Clock("Australia/Lord_Howe");
        var buckets = Divide(Minute("2026-10-04", lordHowe), Minute("2026-10-05", lordHowe), SeriesStep.Hour, lordHowe);

        buckets.Starts.Should().HaveCount(24);
        Lengths(buckets).Should().ContainSingle(length => length == 30);
    }

    [Fact]
    public void Hours_of_a_45_minute_zone_begin_at_a_quarter_past() =>
        Divide(Minute("2026-01-01", Clock("Asia/Kathmandu")), Minute("2026-01-02", Clock("Asia/Kathmandu")), SeriesStep.Hour, Clock("Asia/Kathmandu"))
            .Starts.Should().HaveCount(24).And.OnlyContain(start => start % 60 == 15);

    [Fact]
    public void Weeks_begin_on_Monday()
    {
        var buckets = Divide(Minute("2026-01-01"), Minute("2026-01-20"), SeriesStep.Week, LocalClock.Utc);

        buckets.Starts.Select(Text).Should().Equal("2025-12-29T00:00", "2026-01-05T00:00", "2026-01-12T00:00", "2026-01-19T00:00");
        Text(buckets.Boundaries[0]).Should().Be("2026-01-01T00:00");
        Text(buckets.Boundaries[^1]).Should().Be("2026-01-20T00:00");
    }

    [Fact]
    public void Months_have_their_lengths() =>
        Lengths(Divide(Minute("2024-01-01"), Minute("2024-05-01"), SeriesStep.Month, LocalClock.Utc))
            .Should().Equal(31 * 1440, 29 * 1440, 31 * 1440, 30 * 1440);

    [Fact]
    public void The_end_of_a_bucket_is_the_beginning_of_the_next() =>
        Text(SeriesBuckets.EndOfBucket(Minute("2026-03-01") + 725, SeriesStep.Month, LocalClock.Utc)).Should().Be("2026-04-01T00:00");

    [Fact]
    public void Offsets_with_seconds_are_whole_minutes()
    {
        // Amsterdam was 19 minutes and 32 seconds ahead until 1937.
        var amsterdam = Clock("Europe/Amsterdam");
        var buckets = Divide(Minute("1900-01-01", amsterdam), Minute("1900-01-04", amsterdam), SeriesStep.Day, amsterdam);

        buckets.Starts.Should().HaveCount(3);
        Lengths(buckets).Should().OnlyContain(length => length == 1440);
    }

    [Fact]
    public void More_buckets_than_allowed_are_refused_without_making_them()
    {
        var range = new MinuteRange(Minute("0001-01-01"), Minute("9999-12-31"));

        SeriesBuckets.TryDivide(range, SeriesStep.Minute, LocalClock.Utc, 20_000, out _).Should().BeFalse();
        SeriesBuckets.TryDivide(new MinuteRange(0, 20_000), SeriesStep.Minute, LocalClock.Utc, 20_000, out var buckets).Should().BeTrue();
        buckets.Starts.Should().HaveCount(20_000);
        SeriesBuckets.TryDivide(new MinuteRange(0, 20_001), SeriesStep.Minute, LocalClock.Utc, 20_000, out _).Should().BeFalse();
    }

    [Fact]
    public void Buckets_always_cover_the_range_without_gap_or_overlap()
    {
        var cases =
            from zone in Gen.Elements(Zones)
            from step in Gen.Elements(SeriesStep.Hour, SeriesStep.Day, SeriesStep.Week, SeriesStep.Month)
            from start in Gen.Choose((int)Minute("1890-01-01"), (int)Minute("2037-01-01"))
            from length in Gen.Choose(1, 60 * 24 * 45)
            select (zone, step, range: new MinuteRange(start, start + length));

        Prop.ForAll(cases.ToArbitrary(), each =>
        {
            var buckets = Divide(each.range.From, each.range.To, each.step, Clock(each.zone));
            buckets.Boundaries.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
            buckets.Starts.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
            buckets.Starts[0].Should().BeLessThanOrEqualTo(each.range.From);
            buckets.Boundaries.Should().HaveCount(buckets.Starts.Count + 1);
            buckets.Boundaries.Skip(1).SkipLast(1).Should().Equal(buckets.Starts.Skip(1));
            (buckets.Boundaries[0], buckets.Boundaries[^1]).Should().Be((each.range.From, each.range.To));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Days_change_where_the_clock_first_shows_the_next_date()
    {
        foreach (var zone in Zones)
        {
            var clock = Clock(zone);
            var zoneInfo = TimeZoneInfo.FindSystemTimeZoneById(zone);
            var from = Minute("2011-01-01");
            var expected = new List<long>();
            var latest = TimeZoneInfo.ConvertTime(MinuteRange.InstantOf(from - 1), zoneInfo).Date;
            for (var minute = from; minute < from + 366 * 1440; minute++)
            {
                var date = TimeZoneInfo.ConvertTime(MinuteRange.InstantOf(minute), zoneInfo).Date;
                if (date > latest)
                    expected.Add(minute);
                latest = date > latest ? date : latest;
            }

            Divide(from, from + 366 * 1440, SeriesStep.Day, clock).Starts.Where(start => start >= from)
                .Should().Equal(expected, $"these are the days of {zone}");
        }
    }

    private static SeriesBuckets Divide(long from, long to, SeriesStep step, LocalClock clock)
    {
        SeriesBuckets.TryDivide(new MinuteRange(from, to), step, clock, 20_000, out var buckets).Should().BeTrue();
        return buckets;
    }

    private static IEnumerable<long> Lengths(SeriesBuckets buckets) => buckets.Boundaries.Skip(1).Zip(buckets.Boundaries, (end, start) => end - start);

    private static LocalClock Clock(string zone)
    {
        LocalClock.TryFind(zone, out var clock).Should().BeTrue($"{zone} is a time zone");
        return clock;
    }

    private static long Minute(string date, LocalClock? clock = null)
    {
        InstantText.TryParseMinute(date, clock ?? LocalClock.Utc, out var minute).Should().BeTrue();
        return minute;
    }

    private static string Text(long minute) => MinuteRange.InstantOf(minute).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", null);
}
