using System.Buffers;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Hits;
using StatHub.Core.Journal;

namespace StatHub.Core.Dimensions;

/// <summary>
/// Reads stored lines as the hits that were counted. Bot, country and visitor are those of then, browser and device those of the patterns of now. An
/// instance belongs to one thread.
/// </summary>
/// <param name="dimensions">Finds their dimensions.</param>
public sealed class StoredHitReader(DimensionReader dimensions)
{
    // The clock had its say when the line was counted.
    private const long AnyTime = long.MaxValue / 2;

    private readonly HitParser _parser = new(stored: true);

    /// <summary>Reads a stored line.</summary>
    /// <param name="line">The line without its newline.</param>
    /// <param name="hit">The hit; valid until the next line is read.</param>
    /// <returns>What is wrong with it, if anything.</returns>
    public RejectReason Read(ReadOnlySpan<byte> line, out ParsedHit hit) => _parser.Read(line, JournalFileName.LiveFile, AnyTime, out hit);

    /// <summary>The dimensions of the line that was just read.</summary>
    public HitDimensions Dimensions(ReadOnlySpan<byte> line) => dimensions.ReadStored(line, _parser.Line);

    /// <summary>Appends the line that was just read, with a newline, under another label of a bot.</summary>
    public void WriteRelabelled(ReadOnlySpan<byte> line, BotReason bot, IBufferWriter<byte> target) =>
        StoredHit.WriteRelabelled(line, _parser.Line.Members, bot, target);
}
