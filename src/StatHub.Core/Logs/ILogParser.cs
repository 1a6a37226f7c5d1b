namespace StatHub.Core.Logs;

/// <summary>Reads lines of one format. An instance belongs to one thread; it never throws, whatever the bytes are.</summary>
public interface ILogParser
{
    /// <summary>Reads a line.</summary>
    /// <param name="line">Without its newline; a carriage return at its end is passed over.</param>
    /// <param name="entry">What it says; with another outcome only what was found.</param>
    LogReason Read(ReadOnlySpan<byte> line, out LogEntry entry);
}
