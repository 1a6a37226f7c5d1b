using StatHub.Core.Hits;
using StatHub.Core.Rollups;

namespace StatHub.Storage.Rollups;

/// <summary>
/// The minutes of an hour as bytes: a version, then for each minute with hits its number, its hits and how many of them are of
/// bots as varints, and as a zigzag varint how far its value is from one a hit. See docs/formats/rollups.md.
/// </summary>
internal static class MinuteBlob
{
    private const byte Version = 2;
    private const byte VersionWithoutBots = 1;
    private const int MostCellBytes = 1 + 10 + 10 + 19;

    public static byte[] Write(MinuteSums sums)
    {
        var blob = new byte[1 + sums.Cells.Length * MostCellBytes];
        blob[0] = Version;
        var length = 1;
        foreach (var cell in sums.Cells)
        {
            blob[length++] = cell.Minute;
            length += WriteVarint((UInt128)cell.Hits, blob.AsSpan(length));
            length += WriteVarint((UInt128)cell.Bots, blob.AsSpan(length));
            length += WriteVarint(ZigZag(cell.Millionths - (Int128)cell.Hits * HitValue.One), blob.AsSpan(length));
        }
        return blob[..length];
    }

    /// <summary>Adds the sums of a blob.</summary>
    /// <exception cref="StoreException">The blob is not of a known version or is cut short.</exception>
    public static void AddTo(ReadOnlySpan<byte> blob, MinuteSums sums)
    {
        if (blob.IsEmpty || blob[0] is not (Version or VersionWithoutBots))
            throw new StoreException($"The minutes of an hour are of version {(blob.IsEmpty ? 0 : blob[0])}, this StatHub knows versions up to {Version}.");
        var at = 1;
        while (at < blob.Length)
        {
            var minute = blob[at++];
            var hits = (long)ReadVarint(blob, ref at);
            var bots = blob[0] == VersionWithoutBots ? 0 : (long)ReadVarint(blob, ref at);
            var millionths = UnZigZag(ReadVarint(blob, ref at)) + (Int128)hits * HitValue.One;
            sums.Add(minute, hits, bots, millionths);
        }
    }

    private static UInt128 ZigZag(Int128 number) => (UInt128)((number << 1) ^ (number >> 127));

    private static Int128 UnZigZag(UInt128 number) => (Int128)(number >> 1) ^ -(Int128)(number & 1);

    private static int WriteVarint(UInt128 number, Span<byte> target)
    {
        var length = 0;
        for (; number >= 0x80; number >>= 7)
            target[length++] = (byte)((uint)number | 0x80);
        target[length++] = (byte)number;
        return length;
    }

    private static UInt128 ReadVarint(ReadOnlySpan<byte> blob, ref int at)
    {
        UInt128 number = 0;
        for (var shift = 0; at < blob.Length; shift += 7)
        {
            var b = blob[at++];
            number |= (UInt128)(uint)(b & 0x7f) << shift;
            if (b < 0x80)
                return number;
        }
        throw new StoreException("The minutes of an hour end within a number.");
    }
}
