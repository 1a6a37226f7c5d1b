using System.Buffers;
using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Rollups;
using StatHub.Core.Sketches;
using StatHub.Core.Text;

namespace StatHub.Storage.Rollups;

/// <summary>Writes packed days (<see cref="PackedDay"/>), one after another: a batch may have a hundred thousand.</summary>
internal sealed class PackedDayWriter
{
    private readonly ArrayBufferWriter<byte> _day = new();
    private readonly ArrayBufferWriter<byte> _part = new();

    /// <summary>What some hits of a day say; valid until the next is written.</summary>
    /// <param name="dimensions">Their dimensions.</param>
    /// <param name="visitors">Their visitors, by hours since 1970.</param>
    public ReadOnlySpan<byte> Write(DimensionSums dimensions, IReadOnlyCollection<KeyValuePair<int, HyperLogLog>> visitors)
    {
        Begin();
        WriteTops(dimensions);
        foreach (var (hour, sketch) in visitors.OrderBy(one => one.Key))
            WriteHour(hour, sketch);
        return _day.WrittenSpan;
    }

    /// <summary>What the only hit of a day says; valid until the next is written. Where keys are many most days have one, and sums of it would be thirty objects.</summary>
    public ReadOnlySpan<byte> Write(in LabelledHit hit)
    {
        Begin();
        Span<int> order = stackalloc int[hit.Count];
        SortValues(hit, order);
        WriteNumber(order.Length);
        foreach (var number in order)
            WriteTop(hit[number], hit.Sums);
        if (hit.Visitor is { } visitor)
        {
            var sketch = new HyperLogLog();
            sketch.Add(visitor);
            WriteHour(hit.Hour, sketch);
        }
        return _day.WrittenSpan;
    }

    /// <summary>Writes a day whose parts are written; valid until the next is.</summary>
    public ReadOnlySpan<byte> Write(PackedDay packed)
    {
        Begin();
        WriteNumber(packed.Tops.Count);
        foreach (var (name, values) in packed.Tops)
        {
            WriteName(name.Dimension, Encoding.ASCII.GetBytes(name.Own));
            WriteBytes(values);
        }
        foreach (var (hour, sketch) in packed.Sketches)
            WriteHour(hour, sketch);
        return _day.WrittenSpan;
    }

    private void Begin()
    {
        _day.ResetWrittenCount();
        WriteByte(PackedDay.Version);
    }

    /// <summary>Dimensions in the order of their numbers, own ones in that of their names.</summary>
    private void WriteTops(DimensionSums dimensions)
    {
        var all = dimensions.All.ToList();
        all.Sort(static (left, right) => Compare(left.Dimension, left.Own, right.Dimension, right.Own));
        WriteNumber(all.Count);
        foreach (var (dimension, own, values) in all)
            WriteTop(dimension, own, values);
    }

    /// <summary>The numbers of a hit's values, in the order in which they are written: most are in it already.</summary>
    private static void SortValues(in LabelledHit hit, Span<int> order)
    {
        for (var i = 0; i < order.Length; i++)
        {
            var at = i;
            for (; at > 0 && Compare(hit[i], hit[order[at - 1]]) < 0; at--)
                order[at] = order[at - 1];
            order[at] = i;
        }
    }

    private static int Compare(in DimensionValue left, in DimensionValue right) => Compare(left.Dimension, left.Name, right.Dimension, right.Name);

    private static int Compare(Dimension left, ReadOnlySpan<byte> leftOwn, Dimension right, ReadOnlySpan<byte> rightOwn) =>
        (int)left - (int)right is not 0 and var order ? order : leftOwn.SequenceCompareTo(rightOwn);

    private void WriteTop(in DimensionValue value, Tally sums)
    {
        WriteName(value.Dimension, value.Name);
        _part.ResetWrittenCount();
        HeavyHitters.WriteOnly(value.Value, sums, _part);
        WriteBytes(_part.WrittenSpan);
    }

    private void WriteTop(Dimension dimension, byte[] own, IReadOnlyCollection<KeyValuePair<byte[], Tally>> values)
    {
        WriteName(dimension, own);
        _part.ResetWrittenCount();
        HeavyHitters.WriteAll(values, _part);
        WriteBytes(_part.WrittenSpan);
    }

    private void WriteName(Dimension dimension, ReadOnlySpan<byte> own)
    {
        WriteByte((byte)dimension);
        if (dimension == Dimension.Own)
            WriteBytes(own);
    }

    private void WriteHour(int hourSince1970, HyperLogLog sketch)
    {
        _part.ResetWrittenCount();
        sketch.Write(_part);
        WriteHour(hourSince1970 % 24, _part.WrittenSpan);
    }

    private void WriteHour(int hour, ReadOnlySpan<byte> sketch)
    {
        WriteByte((byte)hour);
        WriteBytes(sketch);
    }

    private void WriteByte(byte value)
    {
        _day.GetSpan(1)[0] = value;
        _day.Advance(1);
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteNumber(bytes.Length);
        _day.Write(bytes);
    }

    private void WriteNumber(long number) => _day.Advance(Varint.Write(number, _day.GetSpan(Varint.MostBytes)));
}
