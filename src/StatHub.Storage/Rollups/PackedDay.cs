using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Rollups;
using StatHub.Core.Sketches;
using StatHub.Core.Text;

namespace StatHub.Storage.Rollups;

/// <summary>
/// Top values and sketches of visitors of a series' day that has few hits, in one blob beside its sums, as its hours are in another one (<see cref="PackedHours"/>). In rows of their own
/// they would be some thirty rows, however few the hits. See docs/formats/rollups.md.
/// </summary>
/// <param name="Tops">Dimensions with values, in the order of their numbers and names.</param>
/// <param name="Sketches">Who came, by the hour of the day, in their order.</param>
internal sealed record PackedDay(IReadOnlyList<SeriesTop> Tops, IReadOnlyList<(int Hour, byte[] Sketch)> Sketches)
{
    /// <summary>A day with more hits has rows.</summary>
    public const int MostHits = 8;

    /// <summary>Nothing is written yet.</summary>
    public static readonly byte[] Nothing = [];

    internal const byte Version = 1;

    /// <summary>Reads what was written.</summary>
    /// <exception cref="StoreException">The bytes are of no known version, or damaged.</exception>
    public static PackedDay Read(ReadOnlySpan<byte> packed)
    {
        var day = new PackedDay(new List<SeriesTop>(), new List<(int, byte[])>());
        if (packed.IsEmpty)
            return day;
        if (packed[0] != Version)
            throw new StoreException($"A packed day is of version {packed[0]}, this StatHub knows versions up to {Version}.");
        if (!TryRead(new VarintReader(packed[1..]), (List<SeriesTop>)day.Tops, (List<(int, byte[])>)day.Sketches))
            throw new StoreException("A packed day is damaged.");
        return day;
    }

    /// <summary>The values of a dimension, as they are written; null where there are none.</summary>
    public byte[]? Find(DimensionName dimension) => Tops.FirstOrDefault(top => top.Name == dimension)?.Values;

    /// <summary>How many visitors came in an hour of the day.</summary>
    /// <exception cref="StoreException">Their sketch is damaged.</exception>
    public long VisitorsOf(int hour)
    {
        foreach (var (at, sketch) in Sketches)
        {
            if (at == hour)
                return ReadSketch(sketch).Estimate();
        }
        return 0;
    }

    /// <summary>Reads a sketch.</summary>
    /// <exception cref="StoreException">It is damaged.</exception>
    public static HyperLogLog ReadSketch(byte[] sketch) =>
        HyperLogLog.TryRead(sketch, out var read) ? read : throw new StoreException("A sketch of visitors in a packed day is damaged.");

    /// <summary>Adds all values to some sums.</summary>
    public void AddTo(DimensionSums sums)
    {
        foreach (var top in Tops)
        {
            var values = new HeavyHittersReader(top.Values);
            while (values.Read())
                sums.AddValue(top.Name.Dimension, Encoding.ASCII.GetBytes(top.Name.Own), values.Name, values.Sums);
            if (!values.IsWhole)
                throw new StoreException("The values of a packed day are damaged.");
        }
    }

    private static bool TryRead(VarintReader bytes, List<SeriesTop> tops, List<(int, byte[])> sketches)
    {
        if (!bytes.TryRead(int.MaxValue, out var count))
            return false;
        for (var i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> own = [];
            if (!bytes.TryTake(1, out var dimension) || (dimension[0] == (byte)Dimension.Own && !TryReadBytes(ref bytes, out own)) || !TryReadBytes(ref bytes, out var values))
                return false;
            tops.Add(new SeriesTop(new DimensionName((Dimension)dimension[0], Encoding.ASCII.GetString(own)), values.ToArray()));
        }
        while (!bytes.AtEnd)
        {
            if (!bytes.TryTake(1, out var hour) || hour[0] >= 24 || !TryReadBytes(ref bytes, out var sketch))
                return false;
            sketches.Add((hour[0], sketch.ToArray()));
        }
        return true;
    }

    private static bool TryReadBytes(scoped ref VarintReader bytes, out ReadOnlySpan<byte> read)
    {
        read = default;
        return bytes.TryRead(int.MaxValue, out var length) && bytes.TryTake((int)length, out read);
    }
}
