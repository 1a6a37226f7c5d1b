using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Text;

namespace StatHub.Storage.Rollups;

/// <summary>
/// The minutes of an hour as bytes: a version, then for each minute with hits its number, its hits and how many of them are of
/// bots as varints, and as a zigzag varint how far its value is from one a hit. See docs/formats/rollups.md.
/// </summary>
internal static class MinuteBlob
{
    private const byte Version = 2;
    private const byte VersionWithoutBots = 1;
    private const int MostCellBytes = 1 + 2 * Varint.MostBytes + Varint.MostSignedBytes;

    public static byte[] Write(MinuteSums sums)
    {
        var blob = new byte[1 + sums.Cells.Length * MostCellBytes];
        blob[0] = Version;
        var length = 1;
        foreach (var cell in sums.Cells)
        {
            blob[length++] = cell.Minute;
            length += Varint.Write(cell.Hits, blob.AsSpan(length));
            length += Varint.Write(cell.Bots, blob.AsSpan(length));
            length += Varint.WriteSigned(cell.Millionths - (Int128)cell.Hits * HitValue.One, blob.AsSpan(length));
        }
        return blob[..length];
    }

    /// <summary>The same minutes in their order: equal sums have equal bytes.</summary>
    public static byte[] WriteSorted(MinuteSums sums)
    {
        var sorted = new MinuteSums();
        foreach (var cell in sums.Cells.ToArray().OrderBy(cell => cell.Minute))
            sorted.Add(cell.Minute, cell.Hits, cell.Bots, cell.Millionths);
        return Write(sorted);
    }

    /// <summary>Adds the sums of a blob.</summary>
    /// <exception cref="StoreException">The blob is not of a known version or is cut short.</exception>
    public static void AddTo(ReadOnlySpan<byte> blob, MinuteSums sums)
    {
        if (blob.IsEmpty || blob[0] is not (Version or VersionWithoutBots))
            throw new StoreException($"The minutes of an hour are of version {(blob.IsEmpty ? 0 : blob[0])}, this StatHub knows versions up to {Version}.");
        var cells = new VarintReader(blob[1..]);
        while (!cells.AtEnd)
        {
            long bots = 0;
            if (!cells.TryTake(1, out var minute) || !cells.TryRead(long.MaxValue, out var hits)
                || (blob[0] != VersionWithoutBots && !cells.TryRead(hits, out bots)) || !cells.TryReadSigned(out var beyond))
                throw new StoreException("The minutes of an hour end within a number, or hold one that cannot be.");
            sums.Add(minute[0], hits, bots, beyond + (Int128)hits * HitValue.One);
        }
    }
}
