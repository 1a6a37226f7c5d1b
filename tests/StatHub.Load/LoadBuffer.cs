namespace StatHub.Load;

/// <summary>Bytes that wait: appended behind, taken from the front.</summary>
internal sealed class LoadBuffer(int capacity)
{
    private byte[] _bytes = new byte[capacity];
    private int _start;
    private int _end;

    public ReadOnlySpan<byte> Content => _bytes.AsSpan(_start, _end - _start);

    public bool IsEmpty => _start == _end;

    public Span<byte> Append(ReadOnlySpan<byte> bytes)
    {
        var room = Room(bytes.Length)[..bytes.Length];
        bytes.CopyTo(room);
        _end += bytes.Length;
        return room;
    }

    /// <summary>Free space behind the content; <see cref="Fill"/> says how much of it was used.</summary>
    public Span<byte> Room(int atLeast)
    {
        if (_bytes.Length - _end < atLeast)
            MoveToFront(atLeast);
        return _bytes.AsSpan(_end);
    }

    public void Fill(int count) => _end += count;

    public void Take(int count)
    {
        _start += count;
        if (IsEmpty)
            Clear();
    }

    public void Clear() => _start = _end = 0;

    private void MoveToFront(int atLeast)
    {
        var length = _end - _start;
        var target = length + atLeast <= _bytes.Length ? _bytes : new byte[Math.Max(2 * _bytes.Length, length + atLeast)];
        Buffer.BlockCopy(_bytes, _start, target, 0, length);
        (_bytes, _start, _end) = (target, 0, length);
    }
}
