using System.Buffers;
using StatHub.Core.Hits;
using StatHub.Core.Text;

namespace StatHub.Core.Sketches;

/// <summary>Writes summaries; <see cref="HeavyHittersReader"/> reads them. See docs/formats/sketches.md.</summary>
internal static class HeavyHittersBytes
{
    public const byte Version = 1;

    private const int MostTallyBytes = 2 * Varint.MostBytes + Varint.MostSignedBytes;
    private const int MostHeaderBytes = 1 + MostTallyBytes + 2 * Varint.MostBytes;
    private const int MostNameBytes = MostTallyBytes + Varint.MostBytes + 1 + HeavyHitters.MostNameBytes;

    public static void Write(HeavyHitters summary, IBufferWriter<byte> target)
    {
        WriteHeader(summary.Error, summary.Other, summary.Count, target);
        Write(summary.Sorted(), summary.Error > 0, target);
    }

    /// <summary>Writes names that are all there are, in the order in which they are written.</summary>
    public static void Write(ReadOnlySpan<HeavyHitter> all, IBufferWriter<byte> target)
    {
        WriteHeader(0, default, all.Length, target);
        Write(all, withError: false, target);
    }

    /// <summary>Writes one name that is all there is.</summary>
    public static void WriteOnly(ReadOnlySpan<byte> name, Tally sums, IBufferWriter<byte> target)
    {
        WriteHeader(0, default, 1, target);
        Write(name, sums, sums.Hits, null, target);
    }

    /// <summary>How far a value is from one a hit, which is 0 where no hit has a <c>tv</c>.</summary>
    public static Int128 UsualMillionths(long hits) => (Int128)hits * HitValue.One;

    private static void WriteHeader(long error, Tally other, int count, IBufferWriter<byte> target)
    {
        var bytes = target.GetSpan(MostHeaderBytes);
        bytes[0] = Version;
        var length = 1 + Varint.Write(error, bytes[1..]);
        if (error > 0)
            length += Write(other, other.Hits, bytes[length..]);
        target.Advance(length + Varint.Write(count, bytes[length..]));
    }

    private static void Write(ReadOnlySpan<HeavyHitter> hitters, bool withError, IBufferWriter<byte> target)
    {
        var hits = 0L;
        foreach (var hitter in hitters)
        {
            // Hits as what is missing to those of the name before.
            Write(hitter.Name.Span, hitter.Sums, hits == 0 ? hitter.Sums.Hits : hits - hitter.Sums.Hits, withError ? hitter.Error : null, target);
            hits = hitter.Sums.Hits;
        }
    }

    private static void Write(ReadOnlySpan<byte> name, Tally sums, long hits, long? error, IBufferWriter<byte> target)
    {
        var bytes = target.GetSpan(MostNameBytes);
        var length = Write(sums, hits, bytes);
        if (error is { } missing)
            length += Varint.Write(missing, bytes[length..]);
        bytes[length++] = (byte)name.Length;
        name.CopyTo(bytes[length..]);
        target.Advance(length + name.Length);
    }

    private static int Write(Tally sums, long hits, Span<byte> bytes)
    {
        var length = Varint.Write(hits, bytes);
        length += Varint.Write(sums.Bots, bytes[length..]);
        return length + Varint.WriteSigned(sums.Value.Millionths - UsualMillionths(sums.Hits), bytes[length..]);
    }
}
