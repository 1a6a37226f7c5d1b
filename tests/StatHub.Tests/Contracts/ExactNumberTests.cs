using System.Text.Json;
using StatHub.Contracts.Json;

namespace StatHub.Tests.Contracts;

public class ExactNumberTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-0.5")]
    [InlineData("170141183460469231731687303715884.105727")]
    [InlineData("999999999999999999999.000001")]
    public void A_number_keeps_every_digit_on_its_way(string text)
    {
        var json = JsonSerializer.Serialize(ExactNumber.Parse(text));

        json.Should().Be(text);
        JsonSerializer.Deserialize<ExactNumber>(json).ToString().Should().Be(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1,2")]
    [InlineData("01")]
    [InlineData("1 ")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("NaN")]
    [InlineData("1}{2")]
    [InlineData("-")]
    public void Other_texts_are_no_number(string text) => ExactNumber.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void A_number_in_quotes_is_refused() =>
        FluentActions.Invoking(() => JsonSerializer.Deserialize<ExactNumber>("\"1\"")).Should().Throw<JsonException>();

    [Theory]
    [InlineData("2026-03-01T10:20:30+02:00", "2026-03-01T08:20:30Z")]
    [InlineData("2026-03-01T10:20:30.120Z", "2026-03-01T10:20:30.120Z")]
    public void Instants_are_written_in_UTC(string instant, string text) =>
        InstantConverter.ToText(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture)).Should().Be(text);
}
