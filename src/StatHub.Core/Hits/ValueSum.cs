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

    /// <summary>The sum of nothing.</summary>
    public static readonly ValueSum Zero;

    public static ValueSum operator +(ValueSum left, ValueSum right) => new(left.Millionths + right.Millionths);

    /// <summary>Adds two sums.</summary>
    public static ValueSum Add(ValueSum left, ValueSum right) => left + right;

    /// <summary>The exact decimal text, without trailing zeros: <c>12</c>, <c>-0.5</c>.</summary>
    public override string ToString()
    {
        var size = Int128.Abs(Millionths);
        var sign = Millionths < 0 ? "-" : "";
        var whole = (size / Scale).ToString(CultureInfo.InvariantCulture);
        var fraction = (int)(size % Scale);
        return fraction == 0
            ? sign + whole
            : $"{sign}{whole}.{fraction.ToString("000000", CultureInfo.InvariantCulture).TrimEnd('0')}";
    }
}
