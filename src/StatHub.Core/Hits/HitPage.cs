namespace StatHub.Core.Hits;

/// <summary>
/// Some hits held in memory, so that it is known where the next page begins before the first of them is written. Holds at
/// most as many hits as were asked for, and no further block once it holds <see cref="MaxBytes"/>.
/// </summary>
public sealed class HitPage : IRawHitReader
{
    /// <summary>The size at which a page ends early.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private readonly Queue<byte[]> _blocks = new();

    private HitPage()
    {
    }

    /// <summary>Where the next page begins; null when there is nothing behind this one.</summary>
    public RawHitPosition? Next { get; private set; }

    /// <inheritdoc/>
    public RawHitPosition Position { get; private set; }

    /// <summary>Reads a page.</summary>
    public static HitPage Take(IRawHitReader hits, int limit)
    {
        ArgumentNullException.ThrowIfNull(hits);
        var page = new HitPage();
        var size = 0;
        while (limit > 0 && size < MaxBytes)
        {
            var block = hits.Read(limit);
            if (block.IsEmpty)
                return page;
            page._blocks.Enqueue(block.ToArray());
            page.Position = hits.Position;
            size += block.Length;
            limit -= block.Span.Count((byte)'\n');
        }
        page.Next = hits.Read(1).IsEmpty ? null : page.Position;
        return page;
    }

    /// <inheritdoc/>
    public Memory<byte> Read(int maxLines) => _blocks.TryDequeue(out var block) ? block : Memory<byte>.Empty;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
