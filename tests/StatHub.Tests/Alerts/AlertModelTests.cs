using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Alerts;
using StatHub.Core.Hits;

namespace StatHub.Tests.Alerts;

/// <summary>The arithmetic against brute force: thousands of histories with late entries, clocks that are set, sleep and restarts.</summary>
public sealed class AlertModelTests
{
    private static readonly AlertRule[] Rules =
    [
        Rule(AlertMetric.Rate, 0.4m),
        Rule(AlertMetric.Rate, 0.4m) with { For = TimeSpan.FromSeconds(2), KeepFiringFor = TimeSpan.FromSeconds(3) },
        Rule(AlertMetric.Rate, 0.2m) with { Comparison = AlertComparison.Below },
        Rule(AlertMetric.ErrorRate, 0.25m),
        Rule(AlertMetric.ErrorRate, 0.25m) with { For = TimeSpan.FromSeconds(1) },
        Rule(AlertMetric.ClientRate, 0.2m),
        Rule(AlertMetric.ClientRate, 0.1m) with { For = TimeSpan.FromSeconds(2), KeepFiringFor = TimeSpan.FromSeconds(2) },
        Rule(AlertMetric.Value, 12),
        Rule(AlertMetric.Value, 3) with { Comparison = AlertComparison.Below, KeepFiringFor = TimeSpan.FromSeconds(1) },
        Rule(AlertMetric.NoData, 0),
        Rule(AlertMetric.NoData, 0) with { For = TimeSpan.FromSeconds(3) },
    ];

    [Fact]
    public void Whatever_comes_what_is_told_is_what_brute_force_tells()
    {
        var told = 0;
        // 2000 histories of up to 150 steps, each followed by all rules.
        Prop.ForAll(TrafficHistory.Any, history => told += Follow(history)).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
        told.Should().BeGreaterThan(10_000, "histories in which nothing happens prove nothing");
    }

    private static int Follow(TrafficHistory history)
    {
        var (window, now, told) = (history.Window(), TrafficHistory.Start, 0);
        var evaluators = Rules.Select(rule => new AlertEvaluator(rule, window)).ToList();
        var list = history.Model();
        var models = Rules.Select(rule => new AlertModel(rule, list)).ToList();
        foreach (var step in history.Steps)
        {
            switch (step)
            {
                case TrafficStep.Entry entry:
                    var at = now.ToUnixTimeMilliseconds() + entry.Offset;
                    window.Add(at, entry.IsError, entry.Value * HitValue.One, Encoding.UTF8.GetBytes(entry.Client));
                    list.Add(at, entry.IsError, entry.Value * HitValue.One, entry.Client);
                    break;
                case TrafficStep.Clock clock:
                    now += TimeSpan.FromMilliseconds(clock.Milliseconds);
                    told += Compare(evaluators, models, now);
                    break;
                case TrafficStep.Restart:
                    evaluators = [.. evaluators.Select(evaluator => new AlertEvaluator(evaluator.Rule, window, evaluator.Standings))];
                    models.ForEach(model => model.Restart());
                    break;
            }
        }
        return told;
    }

    private static int Compare(List<AlertEvaluator> evaluators, List<AlertModel> models, DateTimeOffset now)
    {
        var told = 0;
        foreach (var (evaluator, model) in evaluators.Zip(models))
        {
            var transitions = evaluator.Evaluate(now).Select(one => (one.Client, one.Previous, one.State, one.Measure.Hits, one.Duration)).ToList();
            transitions.Should().Equal(model.Evaluate(now), $"{evaluator.Rule} looked at {now:O}");
            evaluator.Evaluate(now).Should().BeEmpty("nothing is told twice");
            told += transitions.Count;
        }
        return told;
    }

    private static AlertRule Rule(AlertMetric metric, decimal threshold) => new("r", metric, threshold) { Window = TimeSpan.FromSeconds(10) };
}
