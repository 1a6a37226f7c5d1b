using System.Buffers.Text;

namespace StatHub.Cli.Traffic;

/// <summary>Collects bytes of lines and hands them to a stream in large pieces.</summary>
internal sealed class LineBuffer(Stream output)
{
    private byte[] _bytes = new byte[1 << 20];
    private int _length;

    /// <summary>All bytes so far, those that were handed on included.</summary>
    public long Position { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _length < bytes.Length)
            MakeRoom(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        Advance(bytes.Length);
    }

    public void Add(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var count);
        Add(digits[..count]);
    }

    /// <summary>A number with leading zeros.</summary>
    public void Add(long number, byte digits)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, text, out var count, new('D', digits));
        Add(text[..count]);
    }

    /// <summary>What was added since a position; valid until the next call.</summary>
    public Span<byte> Since(long position)
    {
        var count = (int)(Position - position);
        return _bytes.AsSpan(_length - count, count);
    }

    /// <summary>Takes back what was added since a position.</summary>
    public void CutTo(long position)
    {
        _length -= (int)(Position - position);
        Position = position;
    }

    /// <summary>Hands on whole lines once there are enough of them; to be called at a line's end.</summary>
    public void FlushWhenLarge()
    {
        if (_length > _bytes.Length / 2)
            Flush();
    }

    public void Flush()
    {
        output.Write(_bytes, 0, _length);
        _length = 0;
    }

    private void Advance(int count)
    {
        _length += count;
        Position += count;
    }

    private void MakeRoom(int count) => Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + count));
}
