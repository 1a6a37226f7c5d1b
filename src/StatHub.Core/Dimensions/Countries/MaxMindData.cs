using System.Buffers.Binary;

namespace StatHub.Core.Dimensions.Countries;

/// <summary>
/// The data section of a MaxMind DB file, format 2.0: values that say their type and size, maps of them, and pointers to
/// values that stand elsewhere. Every step looks whether it is still in the file; what is not is no value. A pointer leads to no
/// other pointer and nesting is bounded, so that no file makes it run for ever.
/// </summary>
internal ref struct MaxMindData(ReadOnlySpan<byte> section)
{
    private const int DeepestNesting = 16;

    // Nothing in these files has so many values; a forged size would else be believed.
    private const int MostSteps = 100_000;

    private readonly ReadOnlySpan<byte> _section = section;
    private int _steps;

    /// <summary>The types of values, by their numbers in the file.</summary>
    public enum Kind
    {
        Extended = 0,
        Pointer = 1,
        Text = 2,
        Double = 3,
        Bytes = 4,
        UInt16 = 5,
        UInt32 = 6,
        Map = 7,
        Int32 = 8,
        UInt64 = 9,
        UInt128 = 10,
        Array = 11,
        Container = 12,
        End = 13,
        Boolean = 14,
        Float = 15,
    }

    /// <summary>A value: how many bytes (or, of maps and arrays, members) it has, and where they begin.</summary>
    public readonly record struct Value(Kind Kind, int Size, int Start)
    {
        /// <summary>No value.</summary>
        public static readonly Value None = new(Kind.End, 0, 0);
    }

    /// <summary>The value at an offset; pointers are followed.</summary>
    public readonly Value Read(int offset)
    {
        var value = ReadHead(offset, out _);
        return value.Kind == Kind.Pointer ? NotPointer(ReadHead(value.Size, out _)) : value;
    }

    /// <summary>The member of a map, or no value.</summary>
    public Value Member(Value map, ReadOnlySpan<byte> name)
    {
        if (map.Kind != Kind.Map)
            return Value.None;
        var at = map.Start;
        for (var i = 0; i < map.Size && at >= 0 && _steps++ < MostSteps; i++)
        {
            var isNamed = Text(Read(at)).SequenceEqual(name);
            at = Behind(at, DeepestNesting);
            if (isNamed && at >= 0)
                return Read(at);
            at = Behind(at, DeepestNesting);
        }
        return Value.None;
    }

    /// <summary>A text's bytes; empty when the value is none.</summary>
    public readonly ReadOnlySpan<byte> Text(Value value) =>
        value.Kind == Kind.Text && IsInside(value.Start, value.Size) ? _section.Slice(value.Start, value.Size) : [];

    /// <summary>A whole number of at most 64 bits; -1 when the value is none.</summary>
    public readonly long Number(Value value)
    {
        if (value.Kind is not (Kind.UInt16 or Kind.UInt32 or Kind.UInt64) || value.Size > 8 || !IsInside(value.Start, value.Size))
            return -1;
        var number = 0L;
        foreach (var b in _section.Slice(value.Start, value.Size))
            number = (number << 8) | b;
        return number;
    }

    /// <summary>A number with a fraction; NaN when the value is none.</summary>
    public readonly double Real(Value value) => (value.Kind, value.Size) switch
    {
        (Kind.Double, 8) when IsInside(value.Start, 8) => BinaryPrimitives.ReadDoubleBigEndian(_section[value.Start..]),
        (Kind.Float, 4) when IsInside(value.Start, 4) => BinaryPrimitives.ReadSingleBigEndian(_section[value.Start..]),
        _ => double.NaN,
    };

    private static Value NotPointer(Value value) => value.Kind == Kind.Pointer ? Value.None : value;

    private readonly bool IsInside(int start, int size) => start >= 0 && size >= 0 && start <= _section.Length - size;

    /// <summary>Type and size of the value at an offset; of a pointer the size is where it leads. No value outside of the section.</summary>
    private readonly Value ReadHead(int offset, out int behind)
    {
        behind = -1;
        if (!IsInside(offset, 1))
            return Value.None;
        var control = _section[offset++];
        var kind = (Kind)(control >> 5);
        if (kind == Kind.Pointer)
            return ReadPointer(control, offset, out behind);
        if (kind == Kind.Extended)
        {
            if (!IsInside(offset, 1))
                return Value.None;
            kind = (Kind)(_section[offset++] + 7);
        }
        var size = control & 0x1f;
        // 29, 30 and 31 say that the size itself stands in the next one, two or three bytes.
        var more = Math.Max(0, size - 28);
        if (!IsInside(offset, more))
            return Value.None;
        if (more > 0)
            size = (more == 1 ? 29 : more == 2 ? 285 : 65_821) + (int)BigEndian(_section.Slice(offset, more));
        offset += more;
        behind = kind is Kind.Map or Kind.Array or Kind.Boolean ? offset : offset + size;
        return new Value(kind, size, offset);
    }

    private readonly Value ReadPointer(byte control, int offset, out int behind)
    {
        behind = -1;
        var more = ((control >> 3) & 3) + 1;
        if (!IsInside(offset, more))
            return Value.None;
        var number = BigEndian(_section.Slice(offset, more));
        var target = more switch
        {
            1 => ((uint)(control & 7) << 8) + number,
            2 => ((uint)(control & 7) << 16) + number + 2048,
            3 => ((uint)(control & 7) << 24) + number + 526_336,
            _ => number,
        };
        behind = offset + more;
        return target < _section.Length ? new Value(Kind.Pointer, (int)target, behind) : Value.None;
    }

    /// <summary>Where the next value begins; -1 when there is none.</summary>
    private int Behind(int offset, int nesting)
    {
        var value = ReadHead(offset, out var behind);
        if (value.Kind is not (Kind.Map or Kind.Array))
            return behind;
        var members = value.Kind == Kind.Map ? 2L * value.Size : value.Size;
        for (var i = 0L; i < members && behind >= 0; i++)
            behind = nesting > 0 && _steps++ < MostSteps ? Behind(behind, nesting - 1) : -1;
        return behind;
    }

    private static uint BigEndian(ReadOnlySpan<byte> bytes)
    {
        Span<byte> four = stackalloc byte[4];
        four.Clear();
        bytes.CopyTo(four[(4 - bytes.Length)..]);
        return BinaryPrimitives.ReadUInt32BigEndian(four);
    }
}
