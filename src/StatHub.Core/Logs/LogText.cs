namespace StatHub.Core.Logs;

/// <summary>Text between quotes as servers write it: Apache escapes as C does, nginx writes <c>\x22</c>. An instance keeps what it unescaped last.</summary>
internal sealed class LogText
{
    private byte[] _text = new byte[1024];

    /// <summary>Where the quote is that ends a text; -1 where there is none.</summary>
    public static int EndOfQuoted(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
                return -1;
            at += next;
            if (text[at] == '"')
                return at;
            at += 2;
        }
        return -1;
    }

    /// <summary>What is written where there is nothing.</summary>
    public static ReadOnlySpan<byte> OrEmpty(ReadOnlySpan<byte> text) => text.SequenceEqual("-"u8) ? [] : text;

    /// <summary>Resolves escapes; one that is none stays as it is.</summary>
    public ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> escaped)
    {
        var next = escaped.IndexOf((byte)'\\');
        if (next < 0)
            return escaped;
        if (_text.Length < escaped.Length)
            _text = new byte[escaped.Length];
        var length = 0;
        while (next >= 0)
        {
            escaped[..next].CopyTo(_text.AsSpan(length));
            length += next;
            escaped = escaped[next..];
            _text[length++] = One(escaped, out var used);
            escaped = escaped[used..];
            next = escaped.IndexOf((byte)'\\');
        }
        escaped.CopyTo(_text.AsSpan(length));
        return _text.AsSpan(0, length + escaped.Length);
    }

    private static byte One(ReadOnlySpan<byte> escape, out int used)
    {
        used = 2;
        switch (escape.Length > 1 ? escape[1] : 0)
        {
            case 'n': return (byte)'\n';
            case 'r': return (byte)'\r';
            case 't': return (byte)'\t';
            case 'b': return (byte)'\b';
            case 'f': return (byte)'\f';
            case 'v': return (byte)'\v';
            case '"' or '\\': return escape[1];
            case 'x' when escape.Length > 3 && char.IsAsciiHexDigit((char)escape[2]) && char.IsAsciiHexDigit((char)escape[3]):
                used = 4;
                return (byte)(Digit(escape[2]) << 4 | Digit(escape[3]));
            // As escape=json of nginx writes control characters.
            case 'u' when escape.Length > 5 && escape[2..4].SequenceEqual("00"u8) && char.IsAsciiHexDigit((char)escape[4]) && char.IsAsciiHexDigit((char)escape[5]):
                used = 6;
                return (byte)(Digit(escape[4]) << 4 | Digit(escape[5]));
            default:
                used = 1;
                return (byte)'\\';
        }
    }

    private static int Digit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
