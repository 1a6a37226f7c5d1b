using StatHub.Contracts.Hits;
using StatHub.Contracts.Json;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Time;
using StatHub.Server.Http;

namespace StatHub.Server.Hits;

/// <summary>A series of the hits that have one value of a dimension; whole UTC days.</summary>
/// <param name="Dimension">The dimension.</param>
/// <param name="Value">The value.</param>
internal sealed record ValueSeries(DimensionName Dimension, string Value)
{
    public static readonly QueryArgument DimensionArgument = new(
        "dimension", "Only hits with one value of this dimension, such as `browser`; `name` is the value. Whole UTC days: `step` is day, week or month.", "browser");

    public static readonly QueryArgument NameArgument = new("name", "The value of `dimension`.", "Firefox");

    /// <summary>Reads <c>dimension</c> and <c>name</c>; null without them.</summary>
    public static ValueSeries? Read(Arguments arguments)
    {
        var (dimension, value) = (arguments.Text("dimension"), arguments.Text("name"));
        if (dimension is null && value is null)
            return null;
        var name = ReadDimension(arguments, dimension);
        if (string.IsNullOrEmpty(value))
            arguments.Refuse("name", "A dimension needs the value that is asked for.");
        if (arguments.Text("step") is "minute" or "hour")
            arguments.Refuse("step", "Dimensions have whole days: it is day, week or month.");
        if (arguments.Text("tz") is not (null or "UTC"))
            arguments.Refuse("tz", "Dimensions have UTC days.");
        return new ValueSeries(name, value ?? "");
    }

    /// <summary>Finds a dimension; what is wrong with its name is noted in the arguments.</summary>
    public static DimensionName ReadDimension(Arguments arguments, string? text)
    {
        if (!DimensionName.TryParse(text, out var name))
            arguments.Refuse("dimension", $"It is one of {string.Join(", ", DimensionNames.All)}, or d.<name> with 1 to 32 of a-z, 0-9, '_' and '-'.");
        return name;
    }

    public HitSeries Answer(SeriesQuestion question, HitScope scope, IDimensionCounts sums, DateTimeOffset asOf, bool? fresh)
    {
        var buckets = question.Buckets;
        var days = sums.Series(scope, Dimension, Value, DayRange.Of(question.Range.Range));
        var totals = new Tally[buckets.Starts.Count];
        foreach (var (day, tally) in days)
            totals[BucketOf(buckets.Boundaries, day * MinuteRange.PerDay)] += tally;
        var points = totals.Select((total, i) => new SeriesPoint(
            MinuteRange.InstantOf(buckets.Starts[i]), total.Hits, total.Bots, ExactNumber.Parse(total.Value.ToString()), null));
        return new HitSeries(question.Range.From, question.Range.To!.Value, question.Step.Name(), question.Range.Clock.Name, asOf, [.. points], fresh);
    }

    private static int BucketOf(IReadOnlyList<long> boundaries, long minute)
    {
        var (low, high) = (0, boundaries.Count - 1);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (boundaries[middle] <= minute)
                low = middle;
            else
                high = middle;
        }
        return low;
    }
}
