using System.Buffers;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Rollups;
using StatHub.Core.Text;

namespace StatHub.Storage.Rebuild;

/// <summary>Stored lines of a day, labelled as they would be if they were counted now, and summed.</summary>
internal sealed class DayHits
{
    private const long MillisecondsPerDay = 86_400_000;

    private readonly DimensionReader _dimensions;
    private readonly long _day;
    private readonly JournalFileName _file;
    private readonly HitParser _parser = new(stored: true);
    private readonly Dictionary<byte[], KeySums> _keys = new(BytesComparer.Instance);
    private readonly ArrayBufferWriter<byte> _changed = new();

    public DayHits(DimensionReader dimensions, long day)
    {
        (_dimensions, _day) = (dimensions, day);
        _ = JournalFileName.TryParse(JournalFileName.Live, out _file);
    }

    /// <summary>Sums by the bytes of the key.</summary>
    public IReadOnlyDictionary<byte[], KeySums> Keys => _keys;

    /// <summary>How many lines there were.</summary>
    public long Lines { get; private set; }

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
                StoredHit.WriteRelabelled(line, _parser.Line.Members, bot, _changed);
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
        if (_parser.Read(line, _file, long.MaxValue / 2, out var hit) != RejectReason.None || hit.UnixMilliseconds / MillisecondsPerDay != _day)
            throw new InvalidDataException("A line is no hit of its day.");
        var labels = _dimensions.ReadStored(line, _parser.Line);
        var isOther = labels.TryRelabel();
        var lookup = _keys.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(hit.Key, out var sums))
            lookup[hit.Key] = sums = new KeySums();
        sums.Add(hit.UnixMilliseconds, hit.Millionths, labels);
        Lines++;
        Relabelled += isOther ? 1 : 0;
        return isOther ? labels.Bot : null;
    }
}
