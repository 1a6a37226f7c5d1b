using System.Text;
using StatHub.Core.Alerts;
using StatHub.Core.Hits;

namespace StatHub.Tests.Alerts;

public sealed class AlertEvaluatorTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddSeconds(1_800_000_000);

    [Theory]
    [InlineData(10, 120, 1200, false)]
    [InlineData(10, 120, 1201, true)]
    [InlineData(0, 120, 0, false)]
    [InlineData(0, 120, 1, true)]
    [InlineData(2.5, 120, 300, false)]
    [InlineData(2.5, 120, 301, true)]
    [InlineData(0.333333, 3, 0, false)]
    [InlineData(0.333333, 3, 1, true)]
    [InlineData(0.333334, 3, 1, false)]
    [InlineData(0.000001, 3600, 1, true)]
    [InlineData(1, 1, 1, false)]
    [InlineData(1, 1, 2, true)]
    public void A_rate_is_exceeded_by_what_is_strictly_greater(double threshold, int window, int hits, bool isExceeded)
    {
        var rule = new AlertRule("r", AlertMetric.Rate, (decimal)threshold) { Window = TimeSpan.FromSeconds(window) };
        var all = Begin(rule);
        Send(all.Window, hits);
        all.Evaluator.Evaluate(Start).Should().HaveCount(isExceeded ? 1 : 0);

        var ofClient = Begin(rule with { Metric = AlertMetric.ClientRate });
        Send(ofClient.Window, hits);
        ofClient.Evaluator.Evaluate(Start).Should().HaveCount(isExceeded ? 1 : 0);
    }

    [Theory]
    [InlineData(0.05, 100, 5, false)]
    [InlineData(0.05, 100, 6, true)]
    [InlineData(0, 100, 0, false)]
    [InlineData(0, 100, 1, true)]
    [InlineData(1, 1, 1, false)]
    [InlineData(0, 0, 0, false)]
    [InlineData(0.333333, 3, 1, true)]
    [InlineData(0.333334, 3, 1, false)]
    public void A_rate_of_errors_is_exceeded_by_what_is_strictly_greater(double threshold, int hits, int errors, bool isExceeded)
    {
        var (window, evaluator) = Begin(new AlertRule("e", AlertMetric.ErrorRate, (decimal)threshold));
        Send(window, hits - errors);
        Send(window, errors, isError: true);
        evaluator.Evaluate(Start).Should().HaveCount(isExceeded ? 1 : 0);
    }

    [Theory]
    [InlineData(10, AlertComparison.Above, 10, false)]
    [InlineData(10, AlertComparison.Above, 10.000001, true)]
    [InlineData(-1, AlertComparison.Above, 0, true)]
    [InlineData(10, AlertComparison.Below, 10, false)]
    [InlineData(10, AlertComparison.Below, 9.999999, true)]
    public void A_sum_of_values_is_compared_exactly(double threshold, AlertComparison comparison, double value, bool isExceeded)
    {
        var rule = new AlertRule("v", AlertMetric.Value, (decimal)threshold) { Comparison = comparison };
        var window = new TrafficWindow(new TrafficWindowSettings(), Start, Start.AddSeconds(-120));
        window.Add(Start.ToUnixTimeMilliseconds(), false, (long)((decimal)value * HitValue.One), default);
        new AlertEvaluator(rule, window).Evaluate(Start).Should().HaveCount(isExceeded ? 1 : 0);
    }

    [Fact]
    public void It_is_told_once_that_it_begins_and_once_with_the_clock_that_it_is_over()
    {
        var (window, evaluator) = Begin(new AlertRule("r", AlertMetric.Rate, 10));
        Send(window, 1201);
        var told = new List<AlertTransition>();
        for (var second = 0; second < 300; second++)
            told.AddRange(evaluator.Evaluate(Start.AddSeconds(second)));
        told.Should().HaveCount(2);
        told[0].Should().Match<AlertTransition>(one => one.IsTriggered && one.At == Start && one.Measure.Hits == 1201);
        told[1].Should().Match<AlertTransition>(one => one.IsRecovered && one.At == Start.AddSeconds(120) && one.Measure.Hits == 0);
        told[1].Duration.Should().Be(TimeSpan.FromSeconds(120));
    }

    [Fact]
    public void Every_client_that_exceeds_it_is_named_and_has_a_state_of_its_own()
    {
        var (window, evaluator) = Begin(new AlertRule("c", AlertMetric.ClientRate, 2.5m));
        Send(window, 301, client: "a");
        Send(window, 400, client: "b");
        Send(window, 300, client: "c");
        evaluator.Evaluate(Start).Select(one => (one.Client, one.Measure.Hits)).Should().Equal(("b", 400), ("a", 301));
        window.Advance(Start.AddSeconds(60));
        Send(window, 301, client: "b", second: 60);
        evaluator.Evaluate(Start.AddSeconds(120)).Should().ContainSingle().Which.Should().Match<AlertTransition>(one => one.Client == "a" && one.IsRecovered);
        evaluator.Standings.Should().ContainSingle().Which.Client.Should().Be("b");
        evaluator.Evaluate(Start.AddSeconds(180)).Should().ContainSingle().Which.Client.Should().Be("b");
        evaluator.State.Should().Be(AlertState.Ok);
    }

    [Fact]
    public void No_more_clients_have_a_state_than_may_and_it_is_told_how_many_have_none()
    {
        var (window, evaluator) = Begin(new AlertRule("c", AlertMetric.ClientRate, 0), mostClients: 2000);
        for (var client = 0; client < 1500; client++)
            Send(window, client < 10 ? 2 : 1, client: $"{client}");
        evaluator.Evaluate(Start).Should().HaveCount(AlertEvaluator.MostClients);
        evaluator.Standings.Select(one => one.Client).Should().Contain(Enumerable.Range(0, 10).Select(client => $"{client}"));
        evaluator.Unnamed.Should().Be(500);
        evaluator.Evaluate(Start.AddSeconds(1)).Should().BeEmpty();
        evaluator.Evaluate(Start.AddSeconds(200)).Should().HaveCount(AlertEvaluator.MostClients).And.OnlyContain(one => one.IsRecovered);
        evaluator.Unnamed.Should().Be(0);
    }

    [Fact]
    public void It_waits_as_long_as_the_rule_wants_before_it_begins_and_before_it_is_over()
    {
        var rule = new AlertRule("r", AlertMetric.Rate, 0) { Window = TimeSpan.FromSeconds(10), For = TimeSpan.FromSeconds(5), KeepFiringFor = TimeSpan.FromSeconds(7) };
        var (window, evaluator) = Begin(rule);
        Send(window, 1);
        var told = Enumerable.Range(0, 40).SelectMany(second => evaluator.Evaluate(Start.AddSeconds(second))).ToList();
        told.Select(one => (one.Previous, one.State, (one.At - Start).TotalSeconds, one.Duration?.TotalSeconds)).Should().Equal(
            (AlertState.Ok, AlertState.Pending, 0.0, null), (AlertState.Pending, AlertState.Firing, 5.0, 5.0), (AlertState.Firing, AlertState.Ok, 17.0, 12.0));
    }

    [Fact]
    public void What_is_exceeded_too_shortly_is_told_to_nobody()
    {
        var rule = new AlertRule("r", AlertMetric.Rate, 0) { Window = TimeSpan.FromSeconds(10), For = TimeSpan.FromSeconds(11) };
        var (window, evaluator) = Begin(rule);
        Send(window, 1);
        var told = Enumerable.Range(0, 40).SelectMany(second => evaluator.Evaluate(Start.AddSeconds(second))).ToList();
        told.Select(one => one.State).Should().Equal(AlertState.Pending, AlertState.Ok);
        told.Should().NotContain(one => one.IsTriggered || one.IsRecovered);
    }

    [Fact]
    public void That_nothing_comes_is_told_when_a_whole_window_was_watched()
    {
        var (window, evaluator) = Begin(new AlertRule("n", AlertMetric.NoData, 0));
        var told = Enumerable.Range(0, 200).SelectMany(second => evaluator.Evaluate(Start.AddSeconds(second))).ToList();
        told.Should().ContainSingle().Which.Should().Match<AlertTransition>(one => one.State == AlertState.NoData && one.At == Start.AddSeconds(119));
        window.Add(Start.AddSeconds(199).ToUnixTimeMilliseconds(), false, 1, default);
        evaluator.Evaluate(Start.AddSeconds(200)).Should().ContainSingle().Which.IsRecovered.Should().BeTrue();
    }

    [Fact]
    public void A_machine_that_slept_does_not_tell_that_nothing_came()
    {
        var (window, evaluator) = Begin(new AlertRule("n", AlertMetric.NoData, 0));
        for (var second = 0; second < 300; second++)
        {
            evaluator.Evaluate(Start.AddSeconds(second)).Should().BeEmpty();
            Send(window, 1, second: second);
        }
        var awake = Start.AddHours(8);
        Enumerable.Range(0, 120).SelectMany(second => evaluator.Evaluate(awake.AddSeconds(second))).Should().BeEmpty();
        evaluator.Evaluate(awake.AddSeconds(120)).Should().ContainSingle().Which.State.Should().Be(AlertState.NoData);
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(-60)]
    [InlineData(-3600)]
    [InlineData(-86400)]
    public void A_clock_that_is_set_back_under_steady_traffic_tells_nothing(int step)
    {
        // Just below one threshold, and just above another.
        var window = new TrafficWindow(new TrafficWindowSettings { MostClients = 10 }, Start);
        var evaluators = Enumerable.Range(9, 2).Select(threshold => new AlertEvaluator(new AlertRule("r", AlertMetric.Rate, threshold), window)).ToList();
        var none = new AlertEvaluator(new AlertRule("n", AlertMetric.NoData, 0), window);
        Run(0, 300).Should().ContainSingle().Which.Rule.Threshold.Should().Be(9);
        Run(300 + step, 900 + step).Should().BeEmpty();

        List<AlertTransition> Run(int from, int to)
        {
            var told = new List<AlertTransition>();
            for (var second = from; second < to; second++)
            {
                window.Advance(Start.AddSeconds(second));
                Send(window, 10, second: second);
                foreach (var evaluator in evaluators.Append(none))
                    told.AddRange(evaluator.Evaluate(Start.AddSeconds(second)));
            }
            return told;
        }
    }

    [Fact]
    public void What_was_taken_out_and_is_put_back_is_not_told_again()
    {
        var rule = new AlertRule("r", AlertMetric.Rate, 10);
        var (window, evaluator) = Begin(rule);
        Send(window, 1201);
        evaluator.Evaluate(Start).Should().HaveCount(1);
        // The window of another process has nothing at first, and knows it.
        var later = Start.AddSeconds(30);
        var other = new TrafficWindow(new TrafficWindowSettings(), later, later);
        var next = new AlertEvaluator(rule, other, evaluator.Standings);
        for (var second = 30; second < 149; second++)
            next.Evaluate(Start.AddSeconds(second)).Should().BeEmpty();
        next.Evaluate(Start.AddSeconds(149)).Should().ContainSingle().Which.Duration.Should().Be(TimeSpan.FromSeconds(149));
    }

    [Fact]
    public void What_is_active_is_due_again_after_every_interval()
    {
        var (window, evaluator) = Begin(new AlertRule("r", AlertMetric.Rate, 0) { Window = TimeSpan.FromHours(1), RepeatInterval = TimeSpan.FromMinutes(10) });
        Send(window, 1);
        evaluator.Evaluate(Start);
        var due = Enumerable.Range(0, 3599).Where(second => evaluator.TakeRepeats(Start.AddSeconds(second)).Count > 0);
        due.Should().Equal(600, 1200, 1800, 2400, 3000);
        evaluator.Evaluate(Start.AddHours(1)).Should().HaveCount(1);
        evaluator.TakeRepeats(Start.AddHours(2)).Should().BeEmpty();
    }

    [Fact]
    public void A_rule_that_is_no_more_leaves_nothing_open()
    {
        var (window, evaluator) = Begin(new AlertRule("c", AlertMetric.ClientRate, 0));
        Send(window, 1, client: "a");
        evaluator.Evaluate(Start);
        evaluator.End(Start.AddSeconds(5)).Should().ContainSingle().Which.Should().Match<AlertTransition>(one => one.Client == "a" && one.IsRecovered);
        evaluator.Standings.Should().BeEmpty();
    }

    [Fact]
    public void A_window_that_is_not_the_rules_is_refused()
    {
        var window = new TrafficWindow(new TrafficWindowSettings(), Start);
        FluentActions.Invoking(() => new AlertEvaluator(new AlertRule("r", AlertMetric.Rate, 1) { Window = TimeSpan.FromSeconds(60) }, window)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new AlertEvaluator(new AlertRule("c", AlertMetric.ClientRate, 1), window)).Should().Throw<ArgumentException>();
    }

    private static (TrafficWindow Window, AlertEvaluator Evaluator) Begin(AlertRule rule, int mostClients = 100)
    {
        var window = new TrafficWindow(new TrafficWindowSettings { Window = rule.Window, MostClients = mostClients }, Start);
        return (window, new AlertEvaluator(rule, window));
    }

    private static void Send(TrafficWindow window, int hits, bool isError = false, string client = "a", int second = 0)
    {
        for (var i = 0; i < hits; i++)
            window.Add(Start.AddSeconds(second).ToUnixTimeMilliseconds(), isError, HitValue.One, Encoding.UTF8.GetBytes(client));
    }
}
