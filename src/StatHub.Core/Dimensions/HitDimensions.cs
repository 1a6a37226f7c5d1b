using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Dimensions.Referrers;
using StatHub.Core.Journal;

namespace StatHub.Core.Dimensions;

/// <summary>
/// The values of one hit's dimensions, all of them UTF-8 of 1 to 255 bytes without control characters. A dimension of which the
/// hit says nothing is not there. Filled by a <see cref="DimensionReader"/>, and valid until that reads the next hit.
/// </summary>
public sealed class HitDimensions
{
    /// <summary>The most values that a hit has: one of each dimension but the key, and twelve of its own.</summary>
    public const int MaxCount = (int)Dimension.Own - 1 + MaxOwnOfLogs;

    /// <summary>The most values of the client's own.</summary>
    public const int MaxOwn = 8;

    /// <summary>The most own values of a line of a log: no client makes those, and a report of ringserver has nine.</summary>
    public const int MaxOwnOfLogs = 12;

    // Enough for many hits, and for one in any case.
    private const int CopiedBytes = 8 * MaxCount * (DimensionText.MaxBytes + DimensionNames.MaxOwnBytes);

    private readonly Entry[] _entries = new Entry[MaxCount];
    private byte[] _bytes = [];
    private int _length;
    private int _kept;

    /// <summary>How many values there are.</summary>
    public int Count { get; private set; }

    /// <summary>What the user agent says; never missing. Equal user agents mostly have one object.</summary>
    public Client Client { get; private set; } = Client.Unknown;

    /// <summary>Why the hit is taken for a bot's. Of a stored hit, what it was taken for when it was counted.</summary>
    public BotReason Bot { get; internal set; }

    /// <summary>Where the visit came from; null when the hit says nothing of it. Equal referrers are mostly one object.</summary>
    public Referrer? Referrer { get; private set; }

    /// <summary>The <see cref="Sketches.VisitorHash"/> of who caused the hit; null where it is not known or not to be known.</summary>
    public ulong? Visitor { get; internal set; }

    /// <summary>One value.</summary>
    public DimensionValue this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            ref readonly var entry = ref _entries[index];
            return new DimensionValue(entry.Dimension, entry.Name.Span, entry.Value.Span);
        }
    }

    /// <summary>The value of a dimension that is no own one; empty when the hit says nothing of it.</summary>
    public ReadOnlySpan<byte> Value(Dimension dimension)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_entries[i].Dimension == dimension)
                return _entries[i].Value.Span;
        }
        return [];
    }

    /// <summary>All values, in no particular order.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Takes a stored hit for what its client is taken for today; false where it was taken for the same.</summary>
    public bool TryRelabel()
    {
        var isOther = Bot != Client.Bot;
        Bot = Client.Bot;
        return isOther;
    }

    internal void Clear()
    {
        Count = 0;
        _length = _kept;
        Client = Client.Unknown;
        Referrer = null;
        Visitor = null;
        Bot = BotReason.None;
    }

    /// <summary>Sets what the user agent says, and whether that is a bot's.</summary>
    internal void SetClient(Client client)
    {
        Client = client;
        Bot = client.Bot;
        Add(Dimension.Browser, client.Browser);
        Add(Dimension.Os, client.Os);
        Add(Dimension.Device, client.Device.Text());
    }

    /// <summary>Sets where the visit came from.</summary>
    internal void SetReferrer(Referrer referrer)
    {
        Referrer = referrer;
        Add(Dimension.Referrer, referrer.Host);
        Add(Dimension.ReferrerPath, referrer.Path);
        Add(Dimension.Source, referrer.Source);
    }

    /// <summary>Whether values of a dimension come with <see cref="Client"/> or <see cref="Referrer"/>.</summary>
    internal static bool ComesWithObject(Dimension dimension) => dimension is >= Dimension.Referrer and <= Dimension.Device;

    /// <summary>What is said here, to be summed when other hits were read; the values that come with no object are added to a list.</summary>
    internal Kept Keep(BlockList<Entry> others)
    {
        var count = 0;
        foreach (ref readonly var entry in _entries.AsSpan(0, Count))
        {
            if (ComesWithObject(entry.Dimension))
                continue;
            others.Add(entry);
            count++;
        }
        _kept = _length;
        return new Kept(Client, Referrer, Bot, Visitor, count);
    }

    /// <summary>Adds a value whose bytes stay as they are.</summary>
    internal void Add(Dimension dimension, ReadOnlyMemory<byte> value)
    {
        if (!value.IsEmpty)
            _entries[Count++] = new Entry(dimension, default, value);
    }

    /// <summary>Adds a copy of a value, unless that is empty.</summary>
    internal void AddCopy(Dimension dimension, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
            _entries[Count++] = new Entry(dimension, Copy(name), Copy(value));
    }

    /// <summary>Whether it has a dimension, of the client's own the one of this name.</summary>
    internal bool Has(Dimension dimension, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_entries[i].Dimension == dimension && _entries[i].Name.Span.SequenceEqual(name))
                return true;
        }
        return false;
    }

    private ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> bytes)
    {
        // What was copied before stays where it is, for as long as somebody has it.
        if (_bytes.Length - _length < bytes.Length)
            (_bytes, _length, _kept) = (new byte[CopiedBytes], 0, 0);
        bytes.CopyTo(_bytes.AsSpan(_length));
        var copy = _bytes.AsMemory(_length, bytes.Length);
        _length += bytes.Length;
        return copy;
    }

    /// <summary>One value.</summary>
    internal readonly record struct Entry(Dimension Dimension, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value);

    /// <summary>What a hit says; of its other values only how many they are.</summary>
    internal readonly record struct Kept(Client Client, Referrer? Referrer, BotReason Bot, ulong? Visitor, int Others)
    {
        /// <summary>Whether the hit is taken for a bot's.</summary>
        public bool IsBot => Bot != BotReason.None;

        /// <summary>Whether the hit says anything of its client.</summary>
        public bool SaysClient => !ReferenceEquals(Client, Client.Unknown);
    }

    /// <summary>Goes through all values.</summary>
    public struct Enumerator(HitDimensions dimensions)
    {
        private int _index = -1;

        public readonly DimensionValue Current => dimensions[_index];

        public bool MoveNext() => ++_index < dimensions.Count;
    }
}

/// <summary>One value of a hit.</summary>
public readonly ref struct DimensionValue(Dimension dimension, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    /// <summary>Which dimension.</summary>
    public Dimension Dimension { get; } = dimension;

    /// <summary>What follows <c>d.</c> in the name of one of the client's own; else empty.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;
}
