using StatHub.Core.Text;

namespace StatHub.Core.Logs;

/// <summary>What became of a line of a log: read, or why not. The list is closed.</summary>
public enum LogReason : byte
{
    /// <summary>It was read.</summary>
    None = 0,

    /// <summary>There is nothing in it but white space: it is passed over and counts as no line.</summary>
    Blank = 1,

    /// <summary>It has over 128 KiB.</summary>
    TooLong = 2,

    /// <summary>It ends before all fields of its format are there.</summary>
    MissingField = 3,

    /// <summary>Its first field is no address and no name of a host.</summary>
    BadClient = 4,

    /// <summary>Its time is none.</summary>
    BadTime = 5,

    /// <summary>A quoted field has no end.</summary>
    BadQuotes = 6,

    /// <summary>Its status is not three digits.</summary>
    BadStatus = 7,

    /// <summary>Its number of bytes is none.</summary>
    BadBytes = 8,

    /// <summary>It is no JSON object.</summary>
    BadJson = 9,
}

/// <summary>The names of reasons in reports.</summary>
public static class LogReasons
{
    private static readonly ClosedNames<LogReason> Names = new(
        "read", "blank", "too_long", "missing_field", "bad_client", "bad_time", "bad_quotes", "bad_status", "bad_bytes", "bad_json");

    /// <summary>How many values the enum has, <see cref="LogReason.None"/> included.</summary>
    public static int Count => Names.All.Count;

    /// <summary>The snake_case name of a reason.</summary>
    public static string Name(this LogReason reason) => Names.Of(reason);

    /// <summary>What a reason means, in a sentence for people.</summary>
    public static string Meaning(this LogReason reason) => reason switch
    {
        LogReason.Blank => "There is nothing in it.",
        LogReason.TooLong => "It has over 128 KiB.",
        LogReason.MissingField => "It ends before all fields of its format are there.",
        LogReason.BadClient => "Its first field is no address and no name of a host.",
        LogReason.BadTime => "Its time is none, such as [22/Nov/2026:01:36:17 +0000].",
        LogReason.BadQuotes => "A quoted field has no end.",
        LogReason.BadStatus => "Its status is not three digits.",
        LogReason.BadBytes => "Its number of bytes is neither a number nor '-'.",
        LogReason.BadJson => "It is no JSON object.",
        _ => "It was read.",
    };
}
