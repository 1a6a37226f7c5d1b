namespace StatHub.Cli.Monitor;

/// <summary>Where lines come from.</summary>
internal interface ILogInput : IDisposable
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <summary>How many bytes are there that were not read; null where nobody knows.</summary>
    long? Behind { get; }

    /// <summary>Whether nothing will ever come again.</summary>
    bool IsOver { get; }

    /// <summary>What it went through, for people; null when nothing.</summary>
    string? Remark { get; }

    /// <summary>Its first bytes, as far as they are there before anything is read.</summary>
    ReadOnlyMemory<byte> Beginning { get; }

    /// <summary>Takes what is there, without waiting for more.</summary>
    LogBlock Read();
}

/// <summary>A part of a log.</summary>
/// <param name="Bytes">Valid until the next one is read; empty when there is nothing at the moment.</param>
/// <param name="Break">What happened between it and the one before.</param>
internal readonly record struct LogBlock(ReadOnlyMemory<byte> Bytes, LogBreak Break);

/// <summary>What happens to a log between two blocks.</summary>
internal enum LogBreak
{
    /// <summary>The block goes on where the one before ended.</summary>
    None,

    /// <summary>It is the beginning of another file, and the one before is over.</summary>
    NextFile,

    /// <summary>It begins anew: what was not read of before is gone.</summary>
    Truncated,

    /// <summary>It begins within a line.</summary>
    WithinLine,
}
