using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Text;

namespace StatHub.Storage.Rollups;

/// <summary>
/// The minutes of an hour as bytes: a version, then for each minute with hits how many they are, and what is unusual about it: that it does not follow
/// the one before, that some are of bots, that its value is not one a hit. See docs/formats/rollups.md.
/// </summary>
internal static class MinuteBlob
{
    private const byte Version = 3;
    private const byte UnsortedVersion = 2;
    private const byte VersionWithoutBots = 1;

    // The lowest bits of the number that has the hits.
    private const int FlagBits = 3;
    private const int IsApart = 1;
    private const int HasBots = 2;
    private const int HasValue = 4;

    private const int MinutesPerHour = 60;
    private const int MostCellBytes = 1 + 2 * Varint.MostBytes + Varint.MostSignedBytes;

    /// <summary>Writes minutes. Equal sums have equal bytes.</summary>
    public static byte[] Write(MinuteSums sums)
    {
        Span<MinuteSums.Cell> cells = stackalloc MinuteSums.Cell[sums.Cells.Length];
        CopySorted(sums.Cells, cells);
        Span<byte> blob = stackalloc byte[1 + cells.Length * MostCellBytes];
        blob[0] = Version;
        var length = 1;
        var next = 0;
        foreach (ref readonly var cell in cells)
        {
            length += Write(cell, cell.Minute != next, blob[length..]);
            next = cell.Minute + 1;
        }
        return blob[..length].ToArray();
    }

    /// <summary>Adds the sums of a blob.</summary>
    /// <exception cref="StoreException">The blob is not of a known version or is cut short.</exception>
    public static void AddTo(ReadOnlySpan<byte> blob, MinuteSums sums)
    {
        var version = blob.IsEmpty ? 0 : blob[0];
        var isWhole = version switch
        {
            Version => TryAdd(new VarintReader(blob[1..]), sums),
            UnsortedVersion or VersionWithoutBots => TryAddUnsorted(new VarintReader(blob[1..]), version, sums),
            _ => throw new StoreException($"The minutes of an hour are of version {version}, this StatHub knows versions up to {Version}."),
        };
        if (!isWhole)
            throw new StoreException("The minutes of an hour end within a number, or hold one that cannot be.");
    }

    private static void CopySorted(ReadOnlySpan<MinuteSums.Cell> cells, Span<MinuteSums.Cell> sorted)
    {
        for (var count = 0; count < cells.Length; count++)
        {
            // Hits come nearly in the order of time: there is hardly anything to move.
            var at = count;
            for (; at > 0 && sorted[at - 1].Minute > cells[count].Minute; at--)
                sorted[at] = sorted[at - 1];
            sorted[at] = cells[count];
        }
    }

    private static int Write(in MinuteSums.Cell cell, bool isApart, Span<byte> target)
    {
        var beyond = cell.Millionths - (Int128)cell.Hits * HitValue.One;
        var flags = (isApart ? IsApart : 0) | (cell.Bots > 0 ? HasBots : 0) | (beyond != 0 ? HasValue : 0);
        var length = Varint.Write((cell.Hits << FlagBits) | (long)flags, target);
        if (isApart)
            target[length++] = cell.Minute;
        if (cell.Bots > 0)
            length += Varint.Write(cell.Bots, target[length..]);
        if (beyond != 0)
            length += Varint.WriteSigned(beyond, target[length..]);
        return length;
    }

    private static bool TryAdd(VarintReader cells, MinuteSums sums)
    {
        for (var minute = 0; !cells.AtEnd; minute++)
        {
            if (!cells.TryRead(long.MaxValue, out var number))
                return false;
            var hits = number >> FlagBits;
            if ((number & IsApart) != 0)
            {
                if (!cells.TryTake(1, out var apart) || apart[0] <= minute)
                    return false;
                minute = apart[0];
            }
            long bots = 0;
            Int128 beyond = 0;
            if (hits == 0 || minute >= MinutesPerHour
                || ((number & HasBots) != 0 && (!cells.TryRead(hits, out bots) || bots == 0))
                || ((number & HasValue) != 0 && (!cells.TryReadSigned(out beyond) || beyond == 0)))
                return false;
            sums.Add(minute, hits, bots, beyond + (Int128)hits * HitValue.One);
        }
        return true;
    }

    private static bool TryAddUnsorted(VarintReader cells, int version, MinuteSums sums)
    {
        while (!cells.AtEnd)
        {
            long bots = 0;
            if (!cells.TryTake(1, out var minute) || !cells.TryRead(long.MaxValue, out var hits)
                || (version != VersionWithoutBots && !cells.TryRead(hits, out bots)) || !cells.TryReadSigned(out var beyond))
                return false;
            sums.Add(minute[0], hits, bots, beyond + (Int128)hits * HitValue.One);
        }
        return true;
    }
}
