using System.Text;

namespace StatHub.Cli.Output;

/// <summary>A terminal as a stream of UTF-8: what would control it arrives as escapes. Files and pipes get the bytes themselves.</summary>
internal sealed class TerminalStream(Stream terminal) : Stream
{
    // Invalid bytes become U+FFFD; a character that a block ends within is completed by the next block.
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    // Whether a carriage return ends a line is known with the next character.
    private string _heldBack = "";

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var characters = new char[_decoder.GetCharCount(buffer, flush: false)];
        _decoder.GetChars(buffer, characters, flush: false);
        var text = _heldBack + new string(characters);
        _heldBack = text.EndsWith('\r') ? "\r" : "";
        terminal.Write(Encoding.UTF8.GetBytes(TerminalText.OfLines(text[..(text.Length - _heldBack.Length)])));
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush() => terminal.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            terminal.Dispose();
        base.Dispose(disposing);
    }
}
