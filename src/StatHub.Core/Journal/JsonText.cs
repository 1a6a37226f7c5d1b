using System.Text;

namespace StatHub.Core.Journal;

/// <summary>The text of JSON strings.</summary>
public static class JsonText
{
    /// <summary>
    /// Resolves the escapes of a string whose grammar is known to be right. False for half a surrogate pair, which no
    /// text can hold.
    /// </summary>
    /// <param name="escaped">What stands between the quotes.</param>
    /// <param name="target">At least as long as the escaped text.</param>
    /// <param name="text">The text: the input itself where it has no escape.</param>
    public static bool TryUnescape(ReadOnlySpan<byte> escaped, Span<byte> target, out ReadOnlySpan<byte> text)
    {
        text = escaped;
        var next = escaped.IndexOf((byte)'\\');
        if (next < 0)
            return true;
        var length = 0;
        var at = 0;
        while (next >= 0)
        {
            escaped.Slice(at, next).CopyTo(target[length..]);
            length += next;
            at += next;
            if (!TryUnescapeOne(escaped[at..], target[length..], out var used, out var written))
                return false;
            at += used;
            length += written;
            next = escaped[at..].IndexOf((byte)'\\');
        }
        escaped[at..].CopyTo(target[length..]);
        text = target[..(length + escaped.Length - at)];
        return true;
    }

    /// <summary>Appends text to a JSON string the way nginx does: only quotes and backslashes are escaped.</summary>
    /// <param name="text">UTF-8 without control characters.</param>
    /// <param name="target">At least twice as long as the text.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Escape(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var length = 0;
        foreach (var c in text)
        {
            if (c is (byte)'"' or (byte)'\\')
                target[length++] = (byte)'\\';
            target[length++] = c;
        }
        return length;
    }

    private static bool TryUnescapeOne(ReadOnlySpan<byte> escape, Span<byte> target, out int used, out int written)
    {
        used = 2;
        written = 1;
        switch (escape[1])
        {
            case (byte)'b': target[0] = (byte)'\b'; return true;
            case (byte)'f': target[0] = (byte)'\f'; return true;
            case (byte)'n': target[0] = (byte)'\n'; return true;
            case (byte)'r': target[0] = (byte)'\r'; return true;
            case (byte)'t': target[0] = (byte)'\t'; return true;
            case (byte)'u': return TryUnescapeUnicode(escape, target, out used, out written);
            default: target[0] = escape[1]; return true;
        }
    }

    private static bool TryUnescapeUnicode(ReadOnlySpan<byte> escape, Span<byte> target, out int used, out int written)
    {
        used = 6;
        written = 0;
        var first = HexUnit(escape.Slice(2, 4));
        if (Rune.TryCreate(first, out var rune))
        {
            written = rune.EncodeToUtf8(target);
            return true;
        }
        if (escape.Length < 12 || escape[6] != '\\' || escape[7] != 'u' || !Rune.TryCreate(first, HexUnit(escape.Slice(8, 4)), out rune))
            return false;
        used = 12;
        written = rune.EncodeToUtf8(target);
        return true;
    }

    private static char HexUnit(ReadOnlySpan<byte> digits)
    {
        var unit = 0;
        foreach (var c in digits)
            unit = (unit << 4) | (char.IsAsciiDigit((char)c) ? c - '0' : (c | 0x20) - 'a' + 10);
        return (char)unit;
    }
}
