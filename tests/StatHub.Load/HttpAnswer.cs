using System.Buffers.Text;
using System.Text;

namespace StatHub.Load;

/// <summary>One whole answer at the front of what a connection has received.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Length">Bytes of head and body.</param>
/// <param name="Closes">Whether the server closes the connection behind it.</param>
internal readonly record struct HttpAnswer(int Status, int Length, bool Closes)
{
    /// <summary>False while the answer is not whole; <paramref name="broken"/> when it never can be.</summary>
    public static bool TryParse(ReadOnlySpan<byte> received, out HttpAnswer answer, out bool broken)
    {
        answer = default;
        broken = false;
        var headEnd = received.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
            return false;
        var head = received[..(headEnd + 2)];
        if (!head.StartsWith("HTTP/1."u8) || head.Length < 12 || !Utf8Parser.TryParse(head[9..12], out int status, out _))
        {
            broken = true;
            return false;
        }
        var (bodyLength, closes) = ReadFraming(head[head.IndexOf((byte)'\n')..]);
        if (status is 204 or 304)
            bodyLength = 0;
        // An answer without a length ends with its connection: what follows cannot be told apart from its body.
        var length = bodyLength < 0 ? received.Length : headEnd + 4 + bodyLength;
        answer = new HttpAnswer(status, length, closes || bodyLength < 0);
        return length <= received.Length;
    }

    private static (int BodyLength, bool Closes) ReadFraming(ReadOnlySpan<byte> headers)
    {
        var (bodyLength, closes) = (-1, false);
        while (headers.Length > 1)
        {
            headers = headers[1..];
            var end = headers.IndexOf((byte)'\n');
            // Only these two headers matter here and both begin with a C; most lines are passed by one comparison.
            if ((headers[0] | 0x20) == 'c')
                ReadHeader(headers[..end].TrimEnd((byte)'\r'), ref bodyLength, ref closes);
            headers = headers[end..];
        }
        return (bodyLength, closes);
    }

    private static void ReadHeader(ReadOnlySpan<byte> line, ref int bodyLength, ref bool closes)
    {
        var colon = line.IndexOf((byte)':');
        if (colon < 0)
            return;
        var value = line[(colon + 1)..].Trim((byte)' ');
        if (Ascii.EqualsIgnoreCase(line[..colon], "content-length"u8) && Utf8Parser.TryParse(value, out int length, out _))
            bodyLength = length;
        else if (Ascii.EqualsIgnoreCase(line[..colon], "connection"u8))
            closes = Ascii.EqualsIgnoreCase(value, "close"u8);
    }
}
