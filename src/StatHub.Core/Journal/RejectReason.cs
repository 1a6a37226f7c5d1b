using StatHub.Core.Text;

namespace StatHub.Core.Journal;

/// <summary>
/// What became of a line: counted, or why not. The list is closed; numbers are stored and never change their meaning.
/// The names in the API are those of <see cref="RejectReasons.Name"/>.
/// </summary>
public enum RejectReason : byte
{
    /// <summary>The line was counted.</summary>
    None = 0,

    /// <summary>Not one JSON object with the fields of a hit.</summary>
    Malformed = 1,

    /// <summary>The beginning or the end of a line whose other part was never written.</summary>
    Torn = 2,

    /// <summary>Over 256 KiB.</summary>
    TooLong = 3,

    /// <summary>The tenant is not <c>[a-z0-9]{1,32}</c>.</summary>
    BadTenant = 4,

    /// <summary>The key is not 1 to 128 bytes of UTF-8 without <c>/</c> and control characters.</summary>
    BadKey = 5,

    /// <summary><c>tv</c> is not <c>-?\d{1,12}(\.\d{1,6})?</c>.</summary>
    BadValue = 6,

    /// <summary>Nobody registered the tenant.</summary>
    UnknownTenant = 7,

    /// <summary>The tenant was erased, or the hit is older than its new registration.</summary>
    TenantErased = 8,

    /// <summary>Before the year 2000, or more than 24 hours ahead of the clock.</summary>
    TimeOutOfRange = 9,

    /// <summary>nginx answered 429.</summary>
    Flood = 10,

    /// <summary>nginx answered something else than 200, 204, 304 or 429.</summary>
    Status = 11,

    /// <summary>The same line of a file that was counted under another name or inode.</summary>
    Duplicate = 12,

    /// <summary>The tenant had as many hits that day as it may have.</summary>
    Quota = 13,

    /// <summary>A line of a log that was imported and could not be read.</summary>
    LogLine = 14,

    /// <summary>No line, but what is known of those that went unread with a followed log.</summary>
    Truncated = 15,
}

/// <summary>The names of reject reasons in the API, in metrics and in files.</summary>
public static class RejectReasons
{
    private static readonly ClosedNames<RejectReason> Names = new(
        "counted", "malformed", "torn", "too_long", "bad_tenant", "bad_key", "bad_value", "unknown_tenant", "tenant_erased",
        "time_out_of_range", "flood", "status", "duplicate", "quota", "log_line", "truncated");

    /// <summary>How many values the enum has, <see cref="RejectReason.None"/> included.</summary>
    public static int Count => Names.All.Count;

    /// <summary>All reasons for which a line is refused.</summary>
    public static IEnumerable<RejectReason> All => Names.Values.Skip(1);

    /// <summary>The snake_case name of a reason.</summary>
    public static string Name(this RejectReason reason) => Names.Of(reason);

    /// <summary>What a reason means, in a sentence for people.</summary>
    public static string Meaning(this RejectReason reason) => reason switch
    {
        RejectReason.None => "It is a hit.",
        RejectReason.Malformed => "It is not one JSON object with the fields of a hit.",
        RejectReason.Torn => "It is the beginning or the end of a line whose other part was never written.",
        RejectReason.TooLong => "It is longer than 256 KiB.",
        RejectReason.BadTenant => "Its tenant is not 1 to 32 characters of a-z and 0-9.",
        RejectReason.BadKey => "Its key is not 1 to 128 bytes of UTF-8 without '/' and control characters.",
        RejectReason.BadValue => "Its tv is not up to 12 digits, with up to 6 behind a point.",
        RejectReason.UnknownTenant => "Nobody registered its tenant.",
        RejectReason.TenantErased => "Its tenant was erased, or it is older than the tenant's registration after that.",
        RejectReason.TimeOutOfRange => "Its instant is before the year 2000, or more than 24 hours ahead of the clock.",
        RejectReason.Flood => "nginx answered 429: its address sent too many requests.",
        RejectReason.Status => "nginx answered something else than 200, 204, 304 or 429.",
        RejectReason.Duplicate => "The same line of its file was counted under another name or inode.",
        RejectReason.LogLine => "It is a line of an imported log that could not be read; the import's report says why.",
        RejectReason.Truncated => "A log that is followed was cut short or went before all of it was read; the line says how many bytes are known to be gone.",
        RejectReason.Quota => "Its tenant had as many hits on that UTC day as it may have.",
        _ => "",
    };

    /// <summary>Finds a reason by its name.</summary>
    public static bool TryParse(string? name, out RejectReason reason) =>
        Names.TryParse(name, out reason) && reason != RejectReason.None;
}
