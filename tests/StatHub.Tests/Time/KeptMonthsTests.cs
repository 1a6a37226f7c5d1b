using StatHub.Core.Tenants;
using StatHub.Core.Time;

namespace StatHub.Tests.Time;

public class KeptMonthsTests
{
    [Theory]
    [InlineData(1, 28)]
    [InlineData(2, 59)]
    [InlineData(3, 89)]
    [InlineData(12, 365)]
    [InlineData(48, 1_460)]
    [InlineData(1_200, 36_524)]
    public void Months_have_at_least_the_days_of_the_shortest_ones(int months, int days) => KeptMonths.FewestDays(months).Should().Be(days);

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(400, null, true)]
    [InlineData(28, 1, true)]
    [InlineData(29, 1, false)]
    [InlineData(365, 12, true)]
    [InlineData(366, 12, false)]
    [InlineData(null, 1_200, false)]
    public void Sums_are_kept_as_long_as_raw_hits_or_longer(int? retentionDays, int? rollupMonths, bool keeps) =>
        new Tenant(TenantId.Parse("demo"), "demo", retentionDays, DateTimeOffset.UnixEpoch, RollupMonths: rollupMonths).KeepsSumsOfRawHits.Should().Be(keeps);
}
