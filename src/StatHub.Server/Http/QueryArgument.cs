namespace StatHub.Server.Http;

/// <summary>A query argument that a route takes. Requests with others are refused, and the API's document lists them.</summary>
/// <param name="Name">As in the URL.</param>
/// <param name="Summary">What it means, with its default.</param>
/// <param name="Type">Its JSON type: <c>string</c>, <c>integer</c> or <c>boolean</c>.</param>
/// <param name="Example">A value.</param>
/// <param name="Values">All values, where they are a closed list.</param>
internal sealed record QueryArgument(
    string Name, string Summary, string Example, string Type = "string", IReadOnlyList<string>? Values = null);

/// <summary>The arguments that several routes take.</summary>
internal static class QueryArgumentList
{
    public static readonly QueryArgument From = new(
        "from",
        "First instant of the range: RFC 3339, or a date (midnight in `tz`). Rounded down to the minute. Default: the start of today.",
        "2026-03-01");

    public static readonly QueryArgument To = new(
        "to", "First instant behind the range, like `from`. Without it the range has no end.", "2026-04-01T00:00:00Z");

    public static readonly QueryArgument Tz = new("tz", "IANA time zone of dates and of the default. Default: UTC.", "Europe/Berlin");

    public static readonly QueryArgument Fresh = new(
        "fresh",
        "`true`: wait, up to 10 seconds, until everything that was written before the request is in the answer.",
        "true",
        "boolean",
        ["true", "false"]);

    public static readonly QueryArgument Step = new(
        "step", "The length of a bucket. Weeks begin on Monday. Default: day.", "day", Values: Core.Time.SeriesSteps.Names);

    public static readonly QueryArgument Start = new("start", "The first day. Default: today (UTC).", "2026-03-01");
}

/// <summary>All query arguments of one route; endpoint metadata.</summary>
internal sealed record QueryArguments(IReadOnlyList<QueryArgument> List)
{
    public bool Has(string name)
    {
        foreach (var argument in List)
        {
            if (argument.Name == name)
                return true;
        }
        return false;
    }
}
