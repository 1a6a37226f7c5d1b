using StatHub.Core.Logs;

namespace StatHub.Storage.Logs;

/// <summary>How a log is imported.</summary>
/// <param name="Format">Its format; null to recognise it.</param>
/// <param name="Key">Which keys its lines count for; null for the usual one of its format.</param>
public sealed record LogRequest(LogFormat? Format, KeyRule? Key)
{
    /// <summary>Which keys lines of a format count for.</summary>
    /// <exception cref="LogImportException">They say so themselves, and somebody else does, too.</exception>
    internal KeyRule RuleOf(LogFormat format) => Key is null || !format.HasOwnKeys
        ? Key ?? format.UsualRule
        : throw new LogImportException(LogImportFault.BadLog, $"Lines of {format.Name} count for their own keys: leave the key out.");
}

/// <summary>What was imported.</summary>
/// <param name="Format">The format that the log was read in.</param>
/// <param name="KnownBytes">How many bytes of its beginning were known, and not counted again.</param>
/// <param name="LogBytes">How many bytes it has, unpacked.</param>
/// <param name="Report">What became of its new lines.</param>
public sealed record LogImport(LogFormat Format, long KnownBytes, long LogBytes, LogReport Report)
{
    /// <summary>How many entries it has: lines, or clients' entries of a report of ringserver.</summary>
    public long Entries => StreamLines is null ? Report.Entries : Report.Begun;

    /// <summary>How many streams of a report of ringserver were read; null for other formats.</summary>
    public long? StreamLines => Format == LogFormat.Ringserver ? Report.Entries : null;
}

/// <summary>What is in the way of an import.</summary>
public enum LogImportFault
{
    /// <summary>The log is not what it is said to be.</summary>
    BadLog,

    /// <summary>It unpacks to more than any log does.</summary>
    Bomb,

    /// <summary>Another import goes on.</summary>
    Busy,

    /// <summary>There is no room.</summary>
    DiskFull,
}

/// <summary>A log could not be imported.</summary>
public sealed class LogImportException(LogImportFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What was in the way.</summary>
    public LogImportFault Fault { get; } = fault;
}
