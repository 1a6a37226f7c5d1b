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

    /// <summary>A line of a log that could not be read, for none of the reasons below.</summary>
    LogLine = 14,

    /// <summary>No line, but what is known of those that went unread with a followed log.</summary>
    Truncated = 15,

    /// <summary>Of a log: longer than its format's lines may be.</summary>
    LogTooLong = 16,

    /// <summary>Of a log: it ends before all fields of its format are there.</summary>
    LogMissingField = 17,

    /// <summary>Of a log: it names its client by no address and no name of a host.</summary>
    LogBadClient = 18,

    /// <summary>Of a log: its time is none.</summary>
    LogBadTime = 19,

    /// <summary>Of a log: a quoted field has no end.</summary>
    LogBadQuotes = 20,

    /// <summary>Of a log: its status is not three digits.</summary>
    LogBadStatus = 21,

    /// <summary>Of a log: its number of bytes or packets is none.</summary>
    LogBadBytes = 22,

    /// <summary>Of a log: it is no JSON object, or no journal line.</summary>
    LogBadJson = 23,

    /// <summary>Of a report of ringserver: it is no stream.</summary>
    LogBadStream = 24,

    /// <summary>Of a report of ringserver: it says neither TX nor RX.</summary>
    LogBadDirection = 25,

    /// <summary>Of a report of ringserver: no START that could be read stands before it.</summary>
    LogNoStart = 26,

    /// <summary>Of a report of ringserver: the entry before it has no END.</summary>
    LogNoEnd = 27,

    /// <summary>Of a report of ringserver: its sum is not that of the streams, which count.</summary>
    LogBadSum = 28,

    /// <summary>Of a log of journal lines: it is one of another tenant.</summary>
    LogOtherTenant = 29,
}

/// <summary>The names of reject reasons in the API, in metrics and in files.</summary>
public static class RejectReasons
{
    private static readonly ClosedNames<RejectReason> Names = new(
        "counted", "malformed", "torn", "too_long", "bad_tenant", "bad_key", "bad_value", "unknown_tenant", "tenant_erased",
        "time_out_of_range", "flood", "status", "duplicate", "quota", "log_line", "truncated",
        "log_too_long", "log_missing_field", "log_bad_client", "log_bad_time", "log_bad_quotes", "log_bad_status", "log_bad_bytes",
        "log_bad_json", "log_bad_stream", "log_bad_direction", "log_no_start", "log_no_end", "log_bad_sum", "log_other_tenant");

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
        RejectReason.LogLine => "It is a line of a log that could not be read.",
        RejectReason.Truncated => "A log that is followed was cut short or went before all of it was read; the line says how many bytes are known to be gone.",
        RejectReason.Quota => "Its tenant had as many hits on that UTC day as it may have.",
        RejectReason.LogTooLong => "It is a line of a log, and longer than those of its format may be.",
        RejectReason.LogMissingField => "It is a line of a log, and ends before all fields of its format are there.",
        RejectReason.LogBadClient => "It is a line of a log, and names its client by no address and no name of a host.",
        RejectReason.LogBadTime => "It is a line of a log, and its time is none.",
        RejectReason.LogBadQuotes => "It is a line of a log, and a quoted field has no end.",
        RejectReason.LogBadStatus => "It is a line of a log, and its status is not three digits.",
        RejectReason.LogBadBytes => "It is a line of a log, and its number of bytes or packets is none.",
        RejectReason.LogBadJson => "It is a line of a log, and no JSON object, or no journal line.",
        RejectReason.LogBadStream => "It is a line of a report of ringserver, and no stream with its bytes and packets.",
        RejectReason.LogBadDirection => "It is a line of a report of ringserver, and says neither TX nor RX.",
        RejectReason.LogNoStart => "It is a line of a report of ringserver, and no START line that could be read stands before it.",
        RejectReason.LogNoEnd => "It is a line of a report of ringserver, and stands where the END line of the entry before is missing; the streams of that entry count.",
        RejectReason.LogBadSum => "It is a line of a report of ringserver whose sum is not that of the streams, which count.",
        RejectReason.LogOtherTenant => "It is a journal line of another tenant in a log.",
        _ => "",
    };

    /// <summary>The reason of a journal line that stands for one of a log.</summary>
    /// <param name="refused">What it says of it: the reason without <c>log_</c>, or that something went unread.</param>
    internal static RejectReason OfLog(ReadOnlySpan<byte> refused)
    {
        if (refused.SequenceEqual("truncated"u8))
            return RejectReason.Truncated;
        for (var reason = RejectReason.LogTooLong; reason <= RejectReason.LogOtherTenant; reason++)
        {
            if (Names.TextOf(reason).Span["log_".Length..].SequenceEqual(refused))
                return reason;
        }
        return RejectReason.LogLine;
    }

    /// <summary>Finds a reason by its name.</summary>
    public static bool TryParse(string? name, out RejectReason reason) =>
        Names.TryParse(name, out reason) && reason != RejectReason.None;
}
