using System.Numerics;

namespace StatHub.Core.Sketches;

/// <summary>
/// What a small sketch keeps of a hash: its first 25 bits and, only where the register cannot be told from them, the rank of
/// the other bits. As one number, 25 bits of prefix above 6 bits of rank, which is 0 where it is not needed; never 0 as a whole.
/// </summary>
internal static class HashPrefix
{
    public const int Bits = 25;
    public const int RankBits = 6;
    public const uint RankMask = (1u << RankBits) - 1;

    /// <summary>The largest rank of the other bits: all 39 of them are 0.</summary>
    public const int MostRank = 64 - Bits + 1;

    private const int MiddleBits = Bits - RegisterArray.IndexBits;
    private const uint MiddleMask = (1u << MiddleBits) - 1;

    public static uint Of(ulong hash)
    {
        var prefix = (uint)(hash >> (64 - Bits));
        if (!NeedsRank(prefix))
            return prefix << RankBits;
        var rank = BitOperations.LeadingZeroCount((hash << Bits) | (1UL << (Bits - 1))) + 1;
        return (prefix << RankBits) | (uint)rank;
    }

    /// <summary>No bit is set behind those that choose the register, so the rank lies in the bits that are not kept.</summary>
    public static bool NeedsRank(uint prefix) => (prefix & MiddleMask) == 0;

    /// <summary>The register that a hash of this prefix belongs to, and its rank there.</summary>
    public static (int Index, byte Rank) Register(uint entry)
    {
        var prefix = entry >> RankBits;
        var middle = prefix & MiddleMask;
        var rank = middle == 0
            ? MiddleBits + (int)(entry & RankMask)
            : BitOperations.LeadingZeroCount(middle) - (32 - MiddleBits) + 1;
        return ((int)(prefix >> MiddleBits), (byte)rank);
    }
}
