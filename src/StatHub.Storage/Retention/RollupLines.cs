using System.Text.Json.Serialization;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Storage.Rollups;

namespace StatHub.Storage.Retention;

/// <summary>The first line of a rollup file.</summary>
/// <param name="Version">1.</param>
/// <param name="Tenant">Whose rollups.</param>
/// <param name="Day">UTC days since 1970.</param>
/// <param name="Batch">They have the hits of all commits up to this one.</param>
/// <param name="Series">How many lines follow.</param>
/// <param name="Hits">The hits of the tenant as a whole.</param>
internal sealed record RollupHeader(int Version, string Tenant, int Day, long Batch, int Series, long Hits)
{
    public const int CurrentVersion = 1;
}

/// <summary>What every version's first line says.</summary>
internal sealed record RollupVersion(int Version);

/// <summary>A line of a series.</summary>
internal sealed record SeriesLine(
    string Key, long Hits, long Bots, Int128 Millionths, long Visitors, long First, long Last, IReadOnlyList<HourLine> Hours, IReadOnlyList<TopLine> Tops)
{
    public static SeriesLine Of(SeriesDay day) => new(
        day.Key, day.Total.Hits, day.Total.Bots, day.Total.Value.Millionths, day.Visitors, day.First, day.Last,
        [.. day.Hours.Select(HourLine.Of)], [.. day.Tops.Select(top => new TopLine(top.Name.ToString(), top.Values))]);

    public SeriesDay ToSeries() => new(
        Key, new Tally(Hits, Bots, new ValueSum(Millionths)), Visitors, First, Last,
        [.. Hours.Select(hour => hour.ToHour())], [.. Tops.Select(top => top.ToTop())]);
}

/// <summary>An hour of a series.</summary>
internal sealed record HourLine(int Hour, long Hits, long Bots, Int128 Millionths, byte[] Minutes, long Visitors, byte[] Sketch)
{
    public static HourLine Of(SeriesHour hour) => new(
        hour.Hour, hour.Total.Hits, hour.Total.Bots, hour.Total.Value.Millionths, hour.Minutes, hour.Visitors, hour.Sketch);

    public SeriesHour ToHour() => new(Hour, new Tally(Hits, Bots, new ValueSum(Millionths)), Minutes, Visitors, Sketch);
}

/// <summary>The most frequent values of a dimension.</summary>
internal sealed record TopLine(string Dimension, byte[] Values)
{
    public SeriesTop ToTop() => DimensionName.TryParse(Dimension, out var name)
        ? new SeriesTop(name, Values)
        : throw new InvalidDataException($"There is no dimension '{Dimension}'.");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RollupHeader))]
[JsonSerializable(typeof(RollupVersion))]
[JsonSerializable(typeof(SeriesLine))]
internal sealed partial class RollupJson : JsonSerializerContext;
