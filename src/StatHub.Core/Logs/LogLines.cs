namespace StatHub.Core.Logs;

/// <summary>Takes a line.</summary>
/// <param name="line">Without its newline. One that is too long is cut to a byte more than the most, so that a parser sees that it is.</param>
public delegate void LogLineReader(ReadOnlySpan<byte> line);

/// <summary>Makes lines of a log that comes in blocks. Holds at most one line in memory. Not for several threads.</summary>
/// <param name="reader">Takes the lines.</param>
/// <param name="maxLineBytes">How many bytes a line may have.</param>
public sealed class LogLines(LogLineReader reader, int maxLineBytes = CombinedParser.MaxLineBytes)
{
    // One byte more than a line may have shows that it is too long.
    private readonly int _most = maxLineBytes + 1;
    private byte[] _begun = new byte[4096];
    private int _begunLength;
    private bool _isSkipping;
    private long _taken;

    /// <summary>How many bytes there were before the line that is read.</summary>
    public long LineStart { get; private set; }

    /// <summary>Forgets a line that was begun.</summary>
    /// <param name="isWithin">Whether what follows is the rest of a line that is to be passed over.</param>
    public void Restart(bool isWithin) => (_begunLength, _isSkipping) = (0, isWithin);

    /// <summary>Takes the next block.</summary>
    public void Add(ReadOnlySpan<byte> block)
    {
        while (block.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var line = block[..end];
            if (!_isSkipping)
                reader(_begunLength > 0 ? Joined(line) : line[..Math.Min(line.Length, _most)]);
            Restart(isWithin: false);
            block = block[(end + 1)..];
            LineStart = _taken += end + 1;
        }
        _taken += block.Length;
        if (!_isSkipping)
            Joined(block);
    }

    /// <summary>The log ends, with a newline or without.</summary>
    public void End()
    {
        if (_begunLength > 0)
            reader(_begun.AsSpan(0, _begunLength));
        _begunLength = 0;
    }

    /// <summary>What was begun and more of it; of a line that is too long only as much as shows that.</summary>
    private ReadOnlySpan<byte> Joined(ReadOnlySpan<byte> more)
    {
        more = more[..Math.Min(more.Length, _most - _begunLength)];
        if (_begun.Length < _begunLength + more.Length)
            Array.Resize(ref _begun, Math.Min(_most, Math.Max(2 * _begun.Length, _begunLength + more.Length)));
        more.CopyTo(_begun.AsSpan(_begunLength));
        _begunLength += more.Length;
        return _begun.AsSpan(0, _begunLength);
    }
}
