using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Journal;

/// <summary>Lines that are committed together.</summary>
internal sealed class JournalBatch(HitBatchBuilder builder, TenantDirectory readWith, TenantBounds.Taken taken)
{
    // Lines of a tenant, or of a key, on average.
    private const long ThickTenant = 8;
    private const long ThickKey = 2;

    public HitBatchBuilder Builder => builder;

    public TenantDirectory ReadWith => readWith;

    public TenantBounds.Taken Taken => taken;

    public List<(JournalPosition From, JournalPosition To)> Stretches { get; } = [];

    public long Bytes { get; private set; }

    /// <summary>
    /// How long it may get. In every commit each of its tenants has a member and rows of its own, and each key has rows, however few its lines are, so that it pays to commit more of
    /// them together.
    /// </summary>
    public long MostBytes(StoreOptions options)
    {
        if (Bytes < options.BatchBytes)
            return options.BatchBytes;
        var batch = builder.Batch;
        var thin = batch.Lines < ThickTenant * batch.Tenants.Count ? options.ThinTenantsBatchBytes
            : batch.Lines < ThickKey * batch.Tenants.Sum(tenant => (long)tenant.KeyCount) ? options.ThinKeysBatchBytes
            : 0;
        return Math.Max(options.BatchBytes, thin);
    }

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
