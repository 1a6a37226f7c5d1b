using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Journal;

/// <summary>Lines that are committed together.</summary>
internal sealed class JournalBatch(HitBatchBuilder builder, TenantDirectory readWith, TenantBounds.Taken taken)
{
    private const long ThickLines = 8;

    public HitBatchBuilder Builder => builder;

    public TenantDirectory ReadWith => readWith;

    public TenantBounds.Taken Taken => taken;

    public List<(JournalPosition From, JournalPosition To)> Stretches { get; } = [];

    public long Bytes { get; private set; }

    /// <summary>
    /// Its tenants have few lines each. In every commit each of them has a member and rows of its own, however few its lines are, so that it pays to commit more of them together.
    /// </summary>
    public bool IsThin => builder.Batch.Lines < ThickLines * builder.Batch.Tenants.Count;

    /// <summary>Adds what was read of a file.</summary>
    public void Add(JournalPosition from, JournalPosition to)
    {
        Bytes += to.Offset - from.Offset;
        if (Stretches is [.., var last] && last.To == from)
            Stretches[^1] = (last.From, to);
        else
            Stretches.Add((from, to));
    }
}
