using System.Text;
using StatHub.Core.Hits;

namespace StatHub.Tests.Memory;

/// <summary>Reads a list of hits, a few lines a block.</summary>
internal sealed class MemoryReader : IRawHitReader
{
    private const int LinesPerBlock = 100;

    private readonly List<MemoryHit> _hits;
    private int _next;

    public MemoryReader(List<MemoryHit> hits, RawHitPosition? after)
    {
        _hits = hits;
        if (after is not { } position)
            return;
        var before = hits.Count(hit => Compare(hit, position) < 0);
        var here = hits.Count(hit => Compare(hit, position) == 0);
        _next = before + (int)Math.Min(here, position.Seen);
        Position = position;
    }

    public RawHitPosition Position { get; private set; }

    public Memory<byte> Read(int maxLines)
    {
        var lines = _hits.GetRange(_next, Math.Min(_hits.Count - _next, Math.Min(maxLines, LinesPerBlock)));
        foreach (var hit in lines)
        {
            _next++;
            Position = Compare(hit, Position) == 0
                ? Position with { Seen = Position.Seen + 1 }
                : new RawHitPosition(hit.Instant.ToUnixTimeMilliseconds(), hit.Key, 1);
        }
        return Encoding.UTF8.GetBytes(string.Concat(lines.Select(hit => hit.Line + "\n")));
    }

    public void Dispose()
    {
    }

    private static int Compare(MemoryHit hit, RawHitPosition position)
    {
        var order = hit.Instant.ToUnixTimeMilliseconds().CompareTo(position.UnixMilliseconds);
        return order != 0 ? order : MemoryStore.Compare(hit.Key, position.Key);
    }
}
