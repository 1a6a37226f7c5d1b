using StatHub.Core.Text;

namespace StatHub.Core.Logs;

/// <summary>What became of a line of a log: read, or why not. The list is closed.</summary>
public enum LogReason : byte
{
    /// <summary>It was read.</summary>
    None = 0,

    /// <summary>There is nothing in it but white space: it is passed over and counts as no line.</summary>
    Blank = 1,

    /// <summary>It is longer than its format's lines may be.</summary>
    TooLong = 2,

    /// <summary>It ends before all fields of its format are there.</summary>
    MissingField = 3,

    /// <summary>It names its client by no address and no name of a host.</summary>
    BadClient = 4,

    /// <summary>Its time is none, or none that a hit may have.</summary>
    BadTime = 5,

    /// <summary>A quoted field has no end.</summary>
    BadQuotes = 6,

    /// <summary>Its status is not three digits.</summary>
    BadStatus = 7,

    /// <summary>Its number of bytes or packets is none.</summary>
    BadBytes = 8,

    /// <summary>It is no JSON object.</summary>
    BadJson = 9,

    /// <summary>It is no stream of a report.</summary>
    BadStream = 10,

    /// <summary>It says neither TX nor RX.</summary>
    BadDirection = 11,

    /// <summary>No START that could be read stands before it.</summary>
    NoStart = 12,

    /// <summary>The entry before it has no END.</summary>
    NoEnd = 13,

    /// <summary>Its sum is not that of the streams.</summary>
    BadSum = 14,

    /// <summary>It was read, and begins an entry: what is counted follows.</summary>
    Begins = 15,

    /// <summary>It was read, and there is nothing in it to be counted: it ends an entry.</summary>
    Ends = 16,

    /// <summary>It is a journal line of another tenant.</summary>
    OtherTenant = 17,
}

/// <summary>The names of reasons in reports.</summary>
public static class LogReasons
{
    private static readonly ClosedNames<LogReason> Names = new(
        "read", "blank", "too_long", "missing_field", "bad_client", "bad_time", "bad_quotes", "bad_status", "bad_bytes", "bad_json",
        "bad_stream", "bad_direction", "no_start", "no_end", "bad_sum", "begins", "ends", "other_tenant");

    /// <summary>How many values the enum has, <see cref="LogReason.None"/> included.</summary>
    public static int Count => Names.All.Count;

    /// <summary>Whether something could not be read, or is not as it should be.</summary>
    public static bool IsRefused(this LogReason reason) => reason is not (LogReason.None or LogReason.Blank or LogReason.Begins or LogReason.Ends);

    /// <summary>The snake_case name of a reason.</summary>
    public static string Name(this LogReason reason) => Names.Of(reason);

    /// <summary>What a reason means, in a sentence for people.</summary>
    public static string Meaning(this LogReason reason) => reason switch
    {
        LogReason.Blank => "There is nothing in it.",
        LogReason.TooLong => "It has over 128 KiB (of StatHub 256 KiB, of ringserver 4 MiB).",
        LogReason.MissingField => "It ends before all fields of its format are there.",
        LogReason.BadClient => "It names its client by no address and no name of a host.",
        LogReason.BadTime => "Its time is none, such as [22/Nov/2026:01:36:17 +0000], or 2026-11-22T01:36:17Z in a report of ringserver, or is of before the year 2000 or more than 24 hours ahead of the clock.",
        LogReason.BadQuotes => "A quoted field has no end.",
        LogReason.BadStatus => "Its status is not three digits.",
        LogReason.BadBytes => "Its number of bytes or packets is none.",
        LogReason.BadJson => "It is no JSON object, or no journal line.",
        LogReason.BadStream => "It is no stream with its bytes and packets, such as FR_SURF_00_HHZ/MSEED 21504 42.",
        LogReason.BadDirection => "It says neither TX nor RX.",
        LogReason.NoStart => "No START line that could be read stands before it, so that nobody knows when and who it was.",
        LogReason.NoEnd => "It stands where the END line of the entry before is missing; the streams of that entry count.",
        LogReason.BadSum => "The sum that it tells is not that of its streams, which count as they are.",
        LogReason.OtherTenant => "It is a journal line of another tenant.",
        _ => "It was read.",
    };
}
