using StatHub.Core.Rollups;
using StatHub.Core.Text;

namespace StatHub.Storage.Rollups;

/// <summary>The hours of a packed day (<see cref="PackedDay"/>) in one blob beside its sums, each with its minutes (<see cref="MinuteBlob"/>). See docs/formats/rollups.md.</summary>
internal static class PackedHours
{
    private const byte Version = 1;
    private const int MostHeadBytes = 1 + Varint.MostBytes;

    /// <summary>Writes the hours of a day; equal sums have equal bytes. Where keys are many most days have one.</summary>
    /// <param name="hours">By hours since 1970, in any order.</param>
    public static byte[] Write(KeyValuePair<int, MinuteSums>[] hours) => hours is [var only]
        ? Write([(only.Key, MinuteBlob.Write(only.Value))])
        : Write([.. hours.OrderBy(hour => hour.Key).Select(hour => (hour.Key, MinuteBlob.Write(hour.Value)))]);

    /// <summary>Writes hours of a day whose minutes are written, in their order.</summary>
    public static byte[] Write(ReadOnlySpan<(int Hour, byte[] Minutes)> hours)
    {
        var size = 1;
        foreach (var (_, minutes) in hours)
            size += MostHeadBytes + minutes.Length;
        Span<byte> blob = size <= 1024 ? stackalloc byte[size] : new byte[size];
        blob[0] = Version;
        var length = 1;
        foreach (var (hour, minutes) in hours)
        {
            blob[length++] = (byte)(hour % 24);
            length += Varint.Write(minutes.Length, blob[length..]);
            minutes.CopyTo(blob[length..]);
            length += minutes.Length;
        }
        return blob[..length].ToArray();
    }

    /// <summary>Reads hours in their order, by hours since 1970.</summary>
    /// <exception cref="StoreException">The blob is of no known version, or damaged.</exception>
    public static List<(int Hour, byte[] Minutes)> Read(int day, ReadOnlySpan<byte> blob)
    {
        var version = blob.IsEmpty ? 0 : blob[0];
        if (version != Version)
            throw new StoreException($"The hours of a packed day are of version {version}, this StatHub knows versions up to {Version}.");
        var hours = new List<(int, byte[])>();
        var next = 0;
        for (var bytes = new VarintReader(blob[1..]); !bytes.AtEnd;)
        {
            if (!bytes.TryTake(1, out var hour) || hour[0] < next || hour[0] >= 24 || !bytes.TryRead(int.MaxValue, out var length) || !bytes.TryTake((int)length, out var minutes))
                throw new StoreException("The hours of a packed day are damaged.");
            hours.Add((day * 24 + hour[0], minutes.ToArray()));
            next = hour[0] + 1;
        }
        return hours;
    }

    /// <summary>Adds some hours to those of a blob.</summary>
    public static KeyValuePair<int, MinuteSums>[] Union(int day, ReadOnlySpan<byte> blob, KeyValuePair<int, MinuteSums>[] added)
    {
        var union = new SortedDictionary<int, MinuteSums>();
        foreach (var (hour, minutes) in Read(day, blob))
            MinuteBlob.AddTo(minutes, union[hour] = new MinuteSums());
        foreach (var (hour, minutes) in added)
        {
            if (!union.TryGetValue(hour, out var known))
                union[hour] = known = new MinuteSums();
            known.Add(minutes);
        }
        return [.. union];
    }
}
