namespace StatHub.Core.Hits;

/// <summary>The text of <c>tv</c>: <c>-?\d{1,12}(\.\d{1,6})?</c>; empty or absent is 1.</summary>
public static class HitValue
{
    /// <summary>The value of a hit without <c>tv</c>, in millionths.</summary>
    public const long One = 1_000_000;

    private const int MaxWholeDigits = 12;
    private const int MaxFractionDigits = 6;

    /// <summary>Parses decoded text into millionths.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long millionths)
    {
        millionths = One;
        if (text.IsEmpty)
            return true;
        var negative = text[0] == '-';
        if (negative)
            text = text[1..];

        var dot = text.IndexOf((byte)'.');
        var whole = dot < 0 ? text : text[..dot];
        if (!TryReadDigits(whole, MaxWholeDigits, out var size))
            return false;
        size *= One;
        if (dot >= 0)
        {
            var fraction = text[(dot + 1)..];
            if (!TryReadDigits(fraction, MaxFractionDigits, out var digits))
                return false;
            for (var i = fraction.Length; i < MaxFractionDigits; i++)
                digits *= 10;
            size += digits;
        }
        millionths = negative ? -size : size;
        return true;
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> text, int most, out long number)
    {
        number = 0;
        if (text.Length == 0 || text.Length > most)
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit((char)c))
                return false;
            number = number * 10 + (c - '0');
        }
        return true;
    }
}
