namespace StatHub.Core.Dimensions.Countries;

/// <summary>Reads the text of addresses as nginx writes them, without an allocation.</summary>
public static class AddressBytes
{
    /// <summary>The most bytes that an address has.</summary>
    public const int MaxBytes = 16;

    /// <summary>Reads an IPv4 address (4 bytes) or an IPv6 address (16 bytes) without brackets, zone and port.</summary>
    /// <param name="text">The text.</param>
    /// <param name="target">At least <see cref="MaxBytes"/> long.</param>
    /// <param name="length">How many bytes the address has.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, Span<byte> target, out int length)
    {
        var isIPv6 = text.Contains((byte)':');
        length = isIPv6 ? 16 : 4;
        return isIPv6 ? TryParseIPv6(text, target[..16]) : TryParseIPv4(text, target[..4]);
    }

    private static bool TryParseIPv4(ReadOnlySpan<byte> text, Span<byte> target)
    {
        for (var i = 0; i < 4; i++)
        {
            var end = i < 3 ? text.IndexOf((byte)'.') : text.Length;
            if (end is < 1 or > 3 || !TryParseDecimal(text[..end], out target[i]))
                return false;
            text = text[Math.Min(end + 1, text.Length)..];
        }
        return true;
    }

    private static bool TryParseIPv6(ReadOnlySpan<byte> text, Span<byte> target)
    {
        target.Clear();
        var gap = text.IndexOf("::"u8);
        if (gap < 0)
            return TryParseGroups(text, target, out var whole) && whole == 16;
        // What stands behind the gap belongs to the address's end.
        Span<byte> behind = stackalloc byte[16];
        if (!TryParseGroups(text[..gap], target, out var before) || !TryParseGroups(text[(gap + 2)..], behind, out var after) || before + after > 14)
            return false;
        behind[..after].CopyTo(target[(16 - after)..]);
        return true;
    }

    private static bool TryParseGroups(ReadOnlySpan<byte> text, Span<byte> target, out int written)
    {
        written = 0;
        while (!text.IsEmpty)
        {
            var colon = text.IndexOf((byte)':');
            var group = colon < 0 ? text : text[..colon];
            if (colon < 0 && group.Contains((byte)'.'))
            {
                written += 4;
                return written <= 16 && TryParseIPv4(group, target.Slice(written - 4, 4));
            }
            if (written == 16 || colon == text.Length - 1 || !TryParseHex(group, target.Slice(written, 2)))
                return false;
            written += 2;
            text = colon < 0 ? [] : text[(colon + 1)..];
        }
        return true;
    }

    private static bool TryParseDecimal(ReadOnlySpan<byte> digits, out byte value)
    {
        var number = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiDigit((char)c))
                number = 1000;
            number = number * 10 + (c - '0');
        }
        value = (byte)number;
        return number is >= 0 and <= 255;
    }

    private static bool TryParseHex(ReadOnlySpan<byte> digits, Span<byte> target)
    {
        if (digits.Length is 0 or > 4)
            return false;
        var number = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiHexDigit((char)c))
                return false;
            number = (number << 4) | (char.IsAsciiDigit((char)c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        target[0] = (byte)(number >> 8);
        target[1] = (byte)number;
        return true;
    }
}
