namespace StatHub.Core.Hits.Formats;

/// <summary>The checksum of gzip (RFC 1952).</summary>
public static class Crc32
{
    // Bits are reversed: the highest one is x^0.
    private const uint Polynomial = 0xedb88320;
    private const uint One = 0x80000000;

    private static readonly uint[] SquaresOfX = MakeSquares();

    /// <summary>
    /// The checksum of two texts, one behind the other, from those of each. As <c>crc32_combine</c> of zlib does it, by Mark Adler: appending
    /// n bytes multiplies a checksum by x^8n modulo the polynomial.
    /// </summary>
    /// <param name="first">The checksum of the first text.</param>
    /// <param name="second">The checksum of the second text.</param>
    /// <param name="secondLength">The length of the second text, in bytes.</param>
    public static uint Combine(uint first, uint second, long secondLength)
    {
        var shift = One;
        // x^(2^3) for the lowest bit of a length in bytes.
        for (var power = 3; secondLength != 0; secondLength >>= 1, power++)
        {
            if ((secondLength & 1) != 0)
                shift = Multiply(SquaresOfX[power & 31], shift);
        }
        return Multiply(shift, first) ^ second;
    }

    /// <summary>x^(2^n) for each n; they repeat after 32.</summary>
    private static uint[] MakeSquares()
    {
        var squares = new uint[32];
        squares[0] = One >> 1;
        for (var n = 1; n < squares.Length; n++)
            squares[n] = Multiply(squares[n - 1], squares[n - 1]);
        return squares;
    }

    private static uint Multiply(uint left, uint right)
    {
        var product = 0u;
        for (var bit = One; bit != 0; bit >>= 1)
        {
            if ((left & bit) != 0)
                product ^= right;
            right = (right & 1) != 0 ? (right >> 1) ^ Polynomial : right >> 1;
        }
        return product;
    }
}
