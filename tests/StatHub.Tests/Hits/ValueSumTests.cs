using System.Globalization;
using System.Numerics;
using StatHub.Contracts.Json;
using StatHub.Core.Hits;

namespace StatHub.Tests.Hits;

public class ValueSumTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("1", "0.000001")]
    [InlineData("-1", "-0.000001")]
    [InlineData("-500000", "-0.5")]
    [InlineData("12000000", "12")]
    [InlineData("100100000", "100.1")]
    [InlineData("9223372036854775807", "9223372036854.775807")]
    [InlineData("9223372036854775808", "9223372036854.775808")]
    [InlineData("-9223372036854775809", "-9223372036854.775809")]
    [InlineData("170141183460469231731687303715884105727", "170141183460469231731687303715884.105727")]
    [InlineData("-170141183460469231731687303715884105727", "-170141183460469231731687303715884.105727")]
    public void A_sum_is_written_without_zeros_at_its_end(string millionths, string text) =>
        new ValueSum(Int128.Parse(millionths, CultureInfo.InvariantCulture)).ToString().Should().Be(text);

    [Fact]
    public void Any_sum_is_a_number_of_JSON_and_says_what_it_is()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var millionths = ((Int128)random.NextInt64(long.MinValue, long.MaxValue) * random.NextInt64() + random.NextInt64()) >> random.Next(127);
            millionths -= i % 3 == 0 ? millionths % 1_000_000 : 0;

            var text = new ValueSum(millionths).ToString();

            ExactNumber.TryParse(text, out _).Should().BeTrue(text);
            var (whole, fraction) = (text + ".").Split('.') is [var before, var behind, ..] ? (before, behind) : throw new InvalidOperationException(text);
            BigInteger.Parse(whole + fraction.PadRight(6, '0'), CultureInfo.InvariantCulture).Should().Be((BigInteger)millionths, text);
            fraction.Should().NotEndWith("0");
        }
    }
}
