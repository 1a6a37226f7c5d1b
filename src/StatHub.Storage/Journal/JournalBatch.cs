using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Journal;

/// <summary>Lines that are committed together.</summary>
internal sealed class JournalBatch(HitBatchBuilder builder, TenantDirectory readWith, TenantBounds.Taken taken)
{
    public HitBatchBuilder Builder => builder;

    public TenantDirectory ReadWith => readWith;

    public TenantBounds.Taken Taken => taken;

    public List<(JournalPosition From, JournalPosition To)> Stretches { get; } = [];

    public long Bytes { get; set; }
}
