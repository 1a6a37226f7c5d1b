using StatHub.Core.Time;

namespace StatHub.Tests.Time;

public class InstantTextTests
{
    [Theory]
    [InlineData("2026-03-01", "2026-03-01T00:00:00Z")]
    [InlineData("2026-03-01T10:20Z", "2026-03-01T10:20:00Z")]
    [InlineData("2026-03-01T10:20:59Z", "2026-03-01T10:20:00Z")]
    [InlineData("2026-03-01t10:20:59.999z", "2026-03-01T10:20:00Z")]
    [InlineData("2026-03-01T10:20:00+05:45", "2026-03-01T04:35:00Z")]
    [InlineData("2026-03-01T10:20:00 05:45", "2026-03-01T04:35:00Z")]
    [InlineData("2026-03-01T10:20:00-03:30", "2026-03-01T13:50:00Z")]
    [InlineData("1969-12-31T23:59:30Z", "1969-12-31T23:59:00Z")]
    [InlineData("0001-01-01", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z", "9999-12-31T23:59:00Z")]
    public void Dates_and_instants_are_rounded_down_to_the_minute(string text, string instant)
    {
        InstantText.TryParseMinute(text, LocalClock.Utc, out var minute).Should().BeTrue();

        MinuteRange.InstantOf(minute).Should().Be(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("today")]
    [InlineData("2026-02-30")]
    [InlineData("2026-3-1")]
    [InlineData("2026-03-01T10:20:00")]
    [InlineData("2026-03-01T25:00Z")]
    [InlineData("2026-03-01T10:20:60Z")]
    [InlineData("1772323200")]
    [InlineData("2026-03-01T10:20:00+25:00")]
    [InlineData("-2026-03-01")]
    [InlineData("2026-03-01T10:20:00Z; DROP TABLE hits")]
    public void Everything_else_is_refused(string text) =>
        InstantText.TryParseMinute(text, LocalClock.Utc, out _).Should().BeFalse();

    [Theory]
    [InlineData("Europe/Berlin", true)]
    [InlineData("UTC", true)]
    [InlineData("America/Argentina/Buenos_Aires", true)]
    [InlineData("Etc/GMT+5", true)]
    [InlineData("W. Europe Standard Time", false)]
    [InlineData("../../etc/passwd", false)]
    [InlineData("/etc/localtime", false)]
    [InlineData("zone.tab", false)]
    [InlineData("Mars/Olympus", false)]
    [InlineData("", false)]
    public void A_time_zone_is_an_IANA_name(string name, bool known) => LocalClock.TryFind(name, out _).Should().Be(known);
}
