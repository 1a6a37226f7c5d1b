namespace StatHub.Client;

/// <summary>Which hits a question is about.</summary>
public sealed record HitQuery
{
    /// <summary>All hits of the tenant since the start of the day in UTC.</summary>
    public static readonly HitQuery Today = new();

    /// <summary>The key; null for the tenant as a whole.</summary>
    public string? Key { get; init; }

    /// <summary>The first instant, rounded down to the minute; null for the start of today.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The first instant behind the range; null for no end.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The time zone of days, weeks and months, an IANA name; null for UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Whether to wait, at most ten seconds, until everything that was written before is in the answer.</summary>
    public bool Fresh { get; init; }
}
