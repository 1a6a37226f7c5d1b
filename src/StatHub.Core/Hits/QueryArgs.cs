namespace StatHub.Core.Hits;

/// <summary>The query string of a pixel, as the client sent it.</summary>
public static class QueryArgs
{
    /// <summary>Finds the first argument of a name; its text is still percent-encoded.</summary>
    public static bool TryGet(ReadOnlySpan<byte> args, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> encoded)
    {
        var rest = args;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'&');
            var pair = end < 0 ? rest : rest[..end];
            if (pair.StartsWith(name) && pair.Length > name.Length && pair[name.Length] == '=')
            {
                encoded = pair[(name.Length + 1)..];
                return true;
            }
            rest = end < 0 ? [] : rest[(end + 1)..];
        }
        encoded = default;
        return false;
    }

    /// <summary>
    /// Decodes <c>%xx</c> and <c>+</c> into <paramref name="target"/>, which must be as long as the text. A percent sign
    /// without two hexadecimal digits stays as it is.
    /// </summary>
    public static ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> encoded, Span<byte> target) =>
        Decode(encoded, target, plusIsSpace: true);

    /// <summary>Decodes only <c>%xx</c>, as in a path or a file name.</summary>
    public static ReadOnlySpan<byte> DecodePercent(ReadOnlySpan<byte> encoded, Span<byte> target) =>
        Decode(encoded, target, plusIsSpace: false);

    private static ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> encoded, Span<byte> target, bool plusIsSpace)
    {
        if (encoded.IndexOfAny((byte)'%', (byte)'+') < 0)
            return encoded;
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var c = encoded[i];
            if (c == '+' && plusIsSpace)
            {
                c = (byte)' ';
            }
            else if (c == '%' && i + 2 < encoded.Length && IsHex(encoded[i + 1]) && IsHex(encoded[i + 2]))
            {
                c = (byte)((Hex(encoded[i + 1]) << 4) | Hex(encoded[i + 2]));
                i += 2;
            }
            target[length++] = c;
        }
        return target[..length];
    }

    private static bool IsHex(byte c) => char.IsAsciiHexDigit((char)c);

    private static int Hex(byte c) => char.IsAsciiDigit((char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
