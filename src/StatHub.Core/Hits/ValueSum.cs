using System.Globalization;

namespace StatHub.Core.Hits;

/// <summary>
/// An exact sum of <c>tv</c> values, counted in millionths. One value is below 10^12 in size, so 128 bits hold the sum of
/// more than 10^20 of them.
/// </summary>
/// <param name="Millionths">The sum times one million.</param>
public readonly record struct ValueSum(Int128 Millionths)
{
    private const int Scale = 1_000_000;

    // A sign, 39 digits and a point.
    private const int MostCharacters = 41;

    /// <summary>The sum of nothing.</summary>
    public static readonly ValueSum Zero;

    public static ValueSum operator +(ValueSum left, ValueSum right) => new(left.Millionths + right.Millionths);

    /// <summary>Adds two sums.</summary>
    public static ValueSum Add(ValueSum left, ValueSum right) => left + right;

    /// <summary>The exact decimal text, without trailing zeros: <c>12</c>, <c>-0.5</c>.</summary>
    public override string ToString()
    {
        // A series has thousands of them, nearly all of which 64 bits hold.
        Span<char> text = stackalloc char[MostCharacters];
        var size = Int128.Abs(Millionths);
        text[0] = '-';
        var length = Millionths < 0 ? 1 : 0;
        int fraction;
        if (size <= long.MaxValue)
        {
            var (whole, rest) = Math.DivRem((long)size, Scale);
            length += Format(whole, text[length..]);
            fraction = (int)rest;
        }
        else
        {
            length += Format(size / Scale, text[length..]);
            fraction = (int)(size % Scale);
        }
        return new string(text[..(length + FormatFraction(fraction, text[length..]))]);
    }

    private static int Format<T>(T whole, Span<char> text)
        where T : ISpanFormattable =>
        whole.TryFormat(text, out var length, default, CultureInfo.InvariantCulture) ? length : throw new InvalidOperationException("A sum has more digits than 128 bits.");

    /// <summary>Writes a point and up to six digits; nothing for none.</summary>
    private static int FormatFraction(int millionths, Span<char> text)
    {
        if (millionths == 0)
            return 0;
        text[0] = '.';
        var length = 1;
        for (var unit = Scale / 10; millionths > 0; unit /= 10)
        {
            text[length++] = (char)('0' + millionths / unit);
            millionths %= unit;
        }
        return length;
    }
}
