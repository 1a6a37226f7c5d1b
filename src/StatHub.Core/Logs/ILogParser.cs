namespace StatHub.Core.Logs;

/// <summary>Reads lines of one format. An instance belongs to one thread; it never throws, whatever the bytes are.</summary>
public interface ILogParser
{
    /// <summary>The longest line that it reads, in bytes.</summary>
    int MaxLineBytes => CombinedParser.MaxLineBytes;

    /// <summary>Whether what a line says may depend on those before it.</summary>
    bool HasContext => false;

    /// <summary>Reads a line.</summary>
    /// <param name="line">Without its newline; a carriage return at its end is passed over.</param>
    /// <param name="entry">What it says; with another outcome only what was found.</param>
    LogReason Read(ReadOnlySpan<byte> line, out LogEntry entry);

    /// <summary>Tells what else the line says that was read last; <see cref="LogReason.Blank"/> when that is all.</summary>
    /// <param name="entry">As that of <see cref="Read"/>.</param>
    LogReason ReadNext(out LogEntry entry)
    {
        entry = default;
        return LogReason.Blank;
    }
}
