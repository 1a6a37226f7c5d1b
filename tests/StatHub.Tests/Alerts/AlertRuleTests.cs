using StatHub.Core.Alerts;

namespace StatHub.Tests.Alerts;

public sealed class AlertRuleTests
{
    private static readonly AlertRule Usual = new("traffic", AlertMetric.Rate, 10);

    public static readonly TheoryData<AlertRule, string> Mistaken = new()
    {
        { Usual with { Name = "" }, "name" },
        { Usual with { Name = new string('x', 65) }, "name" },
        { Usual with { Name = "a\nb" }, "name" },
        { Usual with { Metric = (AlertMetric)9 }, "metric" },
        { Usual with { Comparison = (AlertComparison)9 }, "comparison" },
        { Usual with { Metric = AlertMetric.ClientRate, Comparison = AlertComparison.Below }, "comparison" },
        { Usual with { Metric = AlertMetric.NoData, Threshold = 0, Comparison = AlertComparison.Below }, "comparison" },
        { Usual with { Metric = AlertMetric.NoData }, "threshold" },
        { Usual with { Threshold = -1 }, "threshold" },
        { Usual with { Threshold = 0.0000001m }, "threshold" },
        { Usual with { Threshold = 1_000_000_000_001 }, "threshold" },
        { Usual with { Metric = AlertMetric.ErrorRate, Threshold = 1.01m }, "threshold" },
        { Usual with { Metric = AlertMetric.Value, Threshold = decimal.MaxValue }, "threshold" },
        { Usual with { Window = TimeSpan.Zero }, "window" },
        { Usual with { Window = TimeSpan.FromSeconds(3601) }, "window" },
        { Usual with { Window = TimeSpan.FromMilliseconds(1500) }, "window" },
        { Usual with { For = TimeSpan.FromSeconds(-1) }, "for" },
        { Usual with { For = TimeSpan.FromDays(2) }, "for" },
        { Usual with { KeepFiringFor = TimeSpan.FromDays(2) }, "keepFiringFor" },
        { Usual with { RepeatInterval = TimeSpan.FromSeconds(59) }, "repeatInterval" },
        { Usual with { Labels = new Dictionary<string, string> { ["1a"] = "x" } }, "labels" },
        { Usual with { Labels = new Dictionary<string, string> { ["__a"] = "x" } }, "labels" },
        { Usual with { Labels = new Dictionary<string, string> { ["client"] = "x" } }, "labels" },
        { Usual with { Labels = new Dictionary<string, string> { ["a"] = new string('x', 257) } }, "labels" },
        { Usual with { Labels = Enumerable.Range(0, 17).ToDictionary(number => $"a{number}", _ => "x") }, "labels" },
    };

    [Theory]
    [MemberData(nameof(Mistaken))]
    public void A_mistake_is_told_with_its_field(AlertRule rule, string field) =>
        AlertRuleCheck.Mistakes(rule).Should().ContainSingle().Which.Field.Should().Be(field);

    [Fact]
    public void All_mistakes_are_told_at_once() =>
        AlertRuleCheck.Mistakes(Usual with { Name = "", Threshold = -1, Window = TimeSpan.Zero }).Select(one => one.Field).Should().Equal("name", "threshold", "window");

    [Fact]
    public void What_can_be_has_no_mistake()
    {
        AlertRule[] rules =
        [
            Usual,
            Usual with { Threshold = 0 },
            Usual with { Metric = AlertMetric.Value, Threshold = -1_000_000_000_000m, Comparison = AlertComparison.Below },
            Usual with { Metric = AlertMetric.NoData, Threshold = 0, RepeatInterval = TimeSpan.Zero },
            Usual with { Metric = AlertMetric.ErrorRate, Threshold = 1, Window = TimeSpan.FromHours(1), For = TimeSpan.FromDays(1), KeepFiringFor = TimeSpan.FromDays(1) },
            Usual with { Labels = new Dictionary<string, string> { ["severity"] = "page", ["_team"] = "" } },
        ];
        rules.SelectMany(AlertRuleCheck.Mistakes).Should().BeEmpty();
    }
}
