namespace StatHub.Core.Dimensions.Countries;

/// <summary>
/// A point on the earth as a short text, whose beginnings are ever larger boxes around it: the bits of longitude and latitude in turn, five a character
/// (G. Niemeyer, 2008, http://geohash.org; https://en.wikipedia.org/wiki/Geohash).
/// </summary>
public static class Geohash
{
    /// <summary>How many characters it has: some centimetres.</summary>
    public const int Length = 12;

    private const string Digits = "0123456789bcdefghjkmnpqrstuvwxyz";

    /// <summary>The text of a point.</summary>
    /// <param name="latitude">Degrees, -90 to 90.</param>
    /// <param name="longitude">Degrees, -180 to 180.</param>
    public static string Of(double latitude, double longitude)
    {
        // So that NaN is none too.
        if (latitude is not (>= -90 and <= 90))
            throw new ArgumentOutOfRangeException(nameof(latitude), latitude, null);
        if (longitude is not (>= -180 and <= 180))
            throw new ArgumentOutOfRangeException(nameof(longitude), longitude, null);
        Span<char> text = stackalloc char[Length];
        var (south, north, west, east) = (-90.0, 90.0, -180.0, 180.0);
        var isLongitude = true;
        foreach (ref var character in text)
        {
            var digit = 0;
            for (var bit = 0; bit < 5; bit++, isLongitude = !isLongitude)
                digit = digit << 1 | (isLongitude ? Halve(longitude, ref west, ref east) : Halve(latitude, ref south, ref north));
            character = Digits[digit];
        }
        return new string(text);
    }

    /// <summary>Which half a number lies in, the lower (0) or the upper one; that becomes the range.</summary>
    private static int Halve(double number, ref double from, ref double to)
    {
        var middle = (from + to) / 2;
        if (number < middle)
        {
            to = middle;
            return 0;
        }
        from = middle;
        return 1;
    }
}
