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
        var seen = 0L;
        while (_next < hits.Count && Milliseconds(_next) <= position.UnixMilliseconds
            && (Milliseconds(_next) < position.UnixMilliseconds || seen++ < position.Seen))
            _next++;
        Position = position;
    }

    public RawHitPosition Position { get; private set; }

    public Memory<byte> Read(int maxLines)
    {
        var lines = _hits.GetRange(_next, Math.Min(_hits.Count - _next, Math.Min(maxLines, LinesPerBlock)));
        foreach (var _ in lines)
        {
            var milliseconds = Milliseconds(_next++);
            Position = new RawHitPosition(milliseconds, milliseconds == Position.UnixMilliseconds ? Position.Seen + 1 : 1);
        }
        return Encoding.UTF8.GetBytes(string.Concat(lines.Select(hit => hit.Line + "\n")));
    }

    public void Dispose()
    {
    }

    private long Milliseconds(int index) => _hits[index].Instant.ToUnixTimeMilliseconds();
}
