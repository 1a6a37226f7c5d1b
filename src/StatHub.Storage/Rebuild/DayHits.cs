using System.Buffers;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Journal;
using StatHub.Core.Rollups;
using StatHub.Core.Time;
using StatHub.Storage.Verification;

namespace StatHub.Storage.Rebuild;

/// <summary>Stored lines of a day, labelled as they would be if they were counted now, and summed.</summary>
internal sealed class DayHits(DimensionReader dimensions, long day)
{
    private readonly StoredHitReader _hits = new(dimensions);
    private readonly StoredSums _sums = new(dimensions);
    private readonly ArrayBufferWriter<byte> _changed = new();

    /// <summary>Sums by the bytes of the key.</summary>
    public IReadOnlyDictionary<byte[], KeySums> Keys => _sums.Keys;

    /// <summary>How many lines there were.</summary>
    public long Lines => _sums.Lines;

    /// <summary>How many of them have another label now.</summary>
    public long Relabelled { get; private set; }

    /// <summary>Adds whole lines.</summary>
    /// <returns>The same lines with their labels of now; valid until the next call.</returns>
    /// <exception cref="InvalidDataException">A line is no hit of the day.</exception>
    public ReadOnlyMemory<byte> Add(ReadOnlyMemory<byte> block)
    {
        var relabelled = Relabelled;
        var unchanged = 0;
        _changed.ResetWrittenCount();
        for (var at = 0; at < block.Length;)
        {
            var length = block.Span[at..].IndexOf((byte)'\n') + 1;
            var line = block.Span.Slice(at, length - 1);
            if (Add(line) is { } bot)
            {
                _changed.Write(block.Span[unchanged..at]);
                _hits.WriteRelabelled(line, bot, _changed);
                unchanged = at + length;
            }
            at += length;
        }
        if (Relabelled == relabelled)
            return block;
        _changed.Write(block.Span[unchanged..]);
        return _changed.WrittenMemory;
    }

    /// <summary>Adds a line; its label where that is another one now.</summary>
    private BotReason? Add(ReadOnlySpan<byte> line)
    {
        if (_hits.Read(line, out var hit) != RejectReason.None || UtcDay.OfMilliseconds(hit.UnixMilliseconds) != day)
            throw new InvalidDataException("A line is no hit of its day.");
        var labels = _hits.Dimensions(line);
        var isOther = labels.TryRelabel();
        _sums.Add(hit, labels);
        Relabelled += isOther ? 1 : 0;
        return isOther ? labels.Bot : null;
    }
}
