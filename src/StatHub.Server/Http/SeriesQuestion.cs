using StatHub.Contracts.Hits;
using StatHub.Contracts.Json;
using StatHub.Core.Hits;
using StatHub.Core.Time;

namespace StatHub.Server.Http;

/// <summary>A range and the buckets that it is divided into.</summary>
internal sealed record SeriesQuestion(RangeArguments Range, SeriesStep Step, SeriesBuckets Buckets)
{
    /// <summary>The most points of one answer.</summary>
    public const int MostPoints = 20_000;

    /// <summary>Reads <c>step</c> and divides the range; what is wrong is noted in the arguments.</summary>
    public static SeriesQuestion Read(Arguments arguments, RangeArguments range, DateTimeOffset now)
    {
        var step = SeriesStep.Day;
        if (arguments.Text("step") is { } name && !SeriesSteps.TryParse(name, out step))
            arguments.Refuse("step", $"It is one of {string.Join(", ", SeriesSteps.Names)}.");
        var bounded = Bound(arguments, range, step, now);
        if (!SeriesBuckets.TryDivide(bounded.Range, step, range.Clock, MostPoints, out var buckets))
            arguments.Refuse("step", $"The range has over {MostPoints} points of a {step.Name()}: take a longer step or a shorter range.");
        return new SeriesQuestion(bounded, step, buckets);
    }

    public HitSeries Answer(HitScope scope, IHitCounts counts, DateTimeOffset asOf, bool? fresh)
    {
        var totals = counts.Series(scope, Buckets.Boundaries);
        var points = new SeriesPoint[totals.Count];
        for (var i = 0; i < points.Length; i++)
        {
            var (hits, bots, value, visitors) = totals[i];
            points[i] = new SeriesPoint(
                MinuteRange.InstantOf(Buckets.Starts[i]), hits, bots, ExactNumber.Parse(value.ToString()), visitors);
        }
        return new HitSeries(Range.From, Range.To!.Value, Step.Name(), Range.Clock.Name, asOf, points, fresh);
    }

    // A series needs an end: without one in the request it is the end of the bucket that is now.
    private static RangeArguments Bound(Arguments arguments, RangeArguments range, SeriesStep step, DateTimeOffset now)
    {
        if (range.Range.IsBounded)
            return range;
        var end = SeriesBuckets.EndOfBucket(MinuteRange.MinuteOf(now), step, range.Clock);
        if (end <= range.Range.From)
            arguments.Refuse("to", "The range begins in the future: give its end.");
        return range with { Range = range.Range with { To = Math.Max(end, range.Range.From) } };
    }
}
