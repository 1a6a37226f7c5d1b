using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using StatHub.Core.Hits;
using StatHub.Core.Text;

namespace StatHub.Core.Sketches;

/// <summary>
/// The most frequent values of a dimension and their sums, in bounded memory, with a proof of what may be missing.
/// <para>
/// Names (the values of the dimension) are listed until there are too many; then those with the fewest hits are let go of and what was
/// summed for them goes to <see cref="Other"/>. A name that comes back is listed again with the hits since then. Always:
/// </para>
/// <list type="bullet">
/// <item>the sums of all listed names and of <see cref="Other"/> are, added, exactly those of everything that was added;</item>
/// <item>a listed name has at least the hits that are told and at most its error more: <c>Hits &lt;= true &lt;= Hits + Error</c>. The same holds for
/// its bots; its value is the exact sum of the hits that are told;</item>
/// <item>a name that is not listed has at most <see cref="Error"/> hits, and no name's error is larger;</item>
/// <item><see cref="Error"/> is at most all hits divided by <see cref="Capacity"/> (by the smallest capacity, where summaries of several were
/// added). So every name with more hits than that is listed;</item>
/// <item>as long as no name was let go of, <see cref="Error"/> is 0 and everything is exact, in whatever order it was added.</item>
/// </list>
/// </summary>
/// <remarks>
/// Space-Saving (A. Metwally, D. Agrawal, A. El Abbadi, "Efficient computation of frequent and top-k elements in data streams", ICDT
/// 2005) with two changes: what a newcomer may have had before is told as its error and is no part of its hits, and names
/// are let go of in bulk, down to the capacity when there are twice as many, as in P. K. Agarwal et al., "Mergeable summaries", PODS 2012,
/// which is also how summaries are added. After names were let go of the contents depend on the order in which names came. Not safe
/// for several threads.
/// </remarks>
/// <param name="capacity">
/// How many names it lists when it is written. In memory it lists at most twice as many, and while a summary is added also that one's.
/// </param>
public sealed class HeavyHitters(int capacity = HeavyHitters.DefaultCapacity)
{
    /// <summary>
    /// Enough for the summary of a key and day: what is not listed has at most a thousandth of the day's hits, and the names take some
    /// 30 kB where they are all there, far less for the dimensions that have a few dozen.
    /// </summary>
    public const int DefaultCapacity = 1_000;

    /// <summary>The longest name, in bytes.</summary>
    public const int MostNameBytes = 255;

    /// <summary>More hits than that are refused when they are read: so sums of a thousand summaries stay within 64 bits.</summary>
    public const long MostHits = 1L << 53;

    private readonly Dictionary<byte[], Entry> _names = new(BytesComparer.Instance);

    /// <summary>What is known of a listed name.</summary>
    private struct Entry
    {
        public Tally Sums;

        /// <summary>How much of the summary's error this name cannot have: it was listed when others were let go of.</summary>
        public long Known;

        /// <summary>
        /// The name's rank when names are let go of: the most hits that it can have, less the error of the summary. Never
        /// negative, and over all names at most all hits less capacity times error, which bounds the error.
        /// </summary>
        public readonly long Excess => Sums.Hits - Known;
    }

    /// <summary>How many names it lists when it is written.</summary>
    public int Capacity { get; } = capacity > 0 ? capacity : throw new ArgumentOutOfRangeException(nameof(capacity));

    /// <summary>How many names are listed.</summary>
    public int Count => _names.Count;

    /// <summary>The sums of everything that was added.</summary>
    public Tally Total { get; private set; }

    /// <summary>The sums of what is not told with a listed name.</summary>
    public Tally Other { get; private set; }

    /// <summary>The most hits that a name may have which is not listed, and the largest error of one that is.</summary>
    public long Error { get; private set; }

    /// <summary>Adds hits of a name.</summary>
    /// <param name="name">At most 255 bytes.</param>
    /// <param name="sums">At least one hit.</param>
    /// <exception cref="ArgumentException">The name is too long, or no hits can have these sums.</exception>
    public void Add(ReadOnlySpan<byte> name, Tally sums)
    {
        if (name.Length > MostNameBytes)
            throw new ArgumentException("A name has at most 255 bytes.", nameof(name));
        if (sums.Hits == 0 || !sums.IsPossible)
            throw new ArgumentException($"No hits have these sums: {sums}.", nameof(sums));
        Total += sums;
        Add(name, sums, 0);
        Bound();
    }

    /// <summary>Adds all of another summary.</summary>
    public void Add(HeavyHitters other)
    {
        AddUnlisted(other.Total, other.Other, other.Error);
        foreach (var (name, entry) in other._names)
            Add(name, entry.Sums, entry.Known);
        Bound();
    }

    /// <summary>
    /// Adds all of a written summary, without making an object of it. False, and nothing is added, where the bytes are no summary of a known
    /// version, or the sum would have more than <see cref="MostHits"/>.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        var check = new HeavyHittersReader(bytes);
        var total = check.Other;
        while (check.Read())
            total += check.Sums;
        if (!check.IsWhole || total.Hits > MostHits - Total.Hits)
            return false;
        var reader = new HeavyHittersReader(bytes);
        AddUnlisted(total, reader.Other, reader.Error);
        while (reader.Read())
            Add(reader.Name, reader.Sums, reader.Error - reader.NameError);
        Bound();
        return true;
    }

    /// <summary>What is known of a name. False when it is not listed: then it has at most <see cref="Error"/> hits.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out HeavyHitter hitter)
    {
        var listed = _names.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var key, out var entry);
        hitter = listed ? Hitter(key!, entry) : default;
        return listed;
    }

    /// <summary>All listed names, those with the most hits first, equal ones in the order of their bytes.</summary>
    public IReadOnlyList<HeavyHitter> ByHits() => Sorted();

    internal HeavyHitter[] Sorted()
    {
        var hitters = _names.Select(name => Hitter(name.Key, name.Value)).ToArray();
        Array.Sort(hitters, HeavyHitter.CompareByHits);
        return hitters;
    }

    /// <summary>
    /// Lets go of what is beyond the capacity, then writes the summary; docs/formats/sketches.md has the bytes. Equal
    /// summaries have equal bytes.
    /// </summary>
    public void Write(IBufferWriter<byte> target)
    {
        ShrinkToCapacity();
        HeavyHittersBytes.Write(this, target);
    }

    /// <summary>Writes the summary of some names, all of them, without making an object of it.</summary>
    public static void WriteAll(IReadOnlyCollection<KeyValuePair<byte[], Tally>> names, IBufferWriter<byte> target)
    {
        ArgumentNullException.ThrowIfNull(names);
        // Days of few hits are written by the hundred thousand.
        var rented = ArrayPool<HeavyHitter>.Shared.Rent(names.Count);
        var hitters = rented.AsSpan(0, names.Count);
        var count = 0;
        foreach (var (name, sums) in names)
            hitters[count++] = new HeavyHitter(name, sums, 0);
        if (count > 1)
            hitters.Sort(HeavyHitter.CompareByHits);
        HeavyHittersBytes.Write(hitters, target);
        ArrayPool<HeavyHitter>.Shared.Return(rented, clearArray: true);
    }

    /// <summary>Writes the summary of one name, which is all there is.</summary>
    /// <param name="name">At most <see cref="MostNameBytes"/> long.</param>
    /// <param name="sums">Its sums.</param>
    /// <param name="target">Where it is written to.</param>
    public static void WriteOnly(ReadOnlySpan<byte> name, Tally sums, IBufferWriter<byte> target) => HeavyHittersBytes.WriteOnly(name, sums, target);

    /// <summary>
    /// Reads a written summary. False for bytes that are none of a known version; it never throws and takes memory only in
    /// proportion to them.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int capacity, [NotNullWhen(true)] out HeavyHitters? summary)
    {
        summary = new HeavyHitters(capacity);
        if (summary.TryAdd(bytes) && !summary.Lacks(new HeavyHittersReader(bytes).Count))
            return true;
        summary = null;
        return false;
    }

    /// <summary>Names were read that were there before: only so can a name that is written twice be seen.</summary>
    private bool Lacks(int names) => names <= 2 * (long)Capacity && Count < names;

    private HeavyHitter Hitter(byte[] name, Entry entry) => new(name, entry.Sums, Error - entry.Known);

    private void AddUnlisted(Tally total, Tally other, long error)
    {
        Total += total;
        Other += other;
        Error += error;
    }

    private void Add(ReadOnlySpan<byte> name, Tally sums, long known)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_names.GetAlternateLookup<ReadOnlySpan<byte>>(), name, out _);
        entry.Sums += sums;
        // Only in damaged bytes, that have a name twice, is there more to know than the whole error.
        entry.Known = Math.Min(entry.Known + known, Error);
    }

    // Only when all of a summary is added, so that the order of its names does not matter.
    private void Bound()
    {
        if (_names.Count > 2 * (long)Capacity)
            ShrinkToCapacity();
    }

    private void ShrinkToCapacity()
    {
        if (_names.Count <= Capacity)
            return;
        var ranked = _names.Select(name => new Ranked(name.Key, name.Value.Excess, name.Value.Sums.Hits)).ToArray();
        Array.Sort(ranked);
        // Whatever is let go of can have this many hits beyond the error so far; whatever stays is known not to.
        var excess = ranked[Capacity].Excess;
        Error += excess;
        foreach (var (name, _, _) in ranked.AsSpan(Capacity))
        {
            _names.Remove(name, out var entry);
            Other += entry.Sums;
        }
        foreach (var (name, _, _) in ranked.AsSpan(0, Capacity))
            CollectionsMarshal.GetValueRefOrNullRef(_names, name).Known += excess;
    }

    /// <summary>The order in which names are let go of, the last ones first. No two names have one rank.</summary>
    private readonly record struct Ranked(byte[] Name, long Excess, long Hits) : IComparable<Ranked>
    {
        public int CompareTo(Ranked other)
        {
            var order = other.Excess.CompareTo(Excess);
            if (order == 0)
                order = other.Hits.CompareTo(Hits);
            return order != 0 ? order : Name.AsSpan().SequenceCompareTo(other.Name);
        }
    }
}
