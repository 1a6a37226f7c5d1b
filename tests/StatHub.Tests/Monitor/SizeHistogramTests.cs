using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Monitor;

namespace StatHub.Tests.Monitor;

public sealed class SizeHistogramTests
{
    [Fact]
    public void A_quantile_is_at_most_a_sixteenth_too_high_and_never_too_low() => Prop.ForAll<uint[], byte>(QuantileHolds).QuickCheckThrowOnFailure();

    private static void QuantileHolds(uint[] sizes, byte percent)
    {
        var share = percent % 101 / 100.0;
        var histogram = Of(sizes);
        if (sizes.Length == 0)
        {
            histogram.Quantile(share).Should().Be(0);
            return;
        }
        var exact = sizes.Order().ElementAt(Math.Max(1, (int)Math.Ceiling(share * sizes.Length)) - 1);

        histogram.Quantile(share).Should().BeInRange(exact, exact + exact / 16);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(long.MaxValue)]
    public void One_size_is_told_exactly(long size)
    {
        var histogram = new SizeHistogram();
        histogram.Add(size);

        (histogram.Quantile(0), histogram.Quantile(0.5), histogram.Quantile(1), histogram.Largest, histogram.Count).Should().Be((size, size, size, size, 1));
    }

    [Fact]
    public void Two_added_are_one_of_both() => Prop.ForAll<uint[], uint[]>(SumHolds).QuickCheckThrowOnFailure();

    private static void SumHolds(uint[] left, uint[] right)
    {
        var both = Of(left);
        both.Add(Of(right));
        var whole = Of([.. left, .. right]);

        (both.Count, both.Largest, both.Quantile(0.5), both.Quantile(0.95)).Should().Be((whole.Count, whole.Largest, whole.Quantile(0.5), whole.Quantile(0.95)));
    }

    private static SizeHistogram Of(uint[] sizes)
    {
        var histogram = new SizeHistogram();
        foreach (var size in sizes)
            histogram.Add(size);
        return histogram;
    }
}
