using StatHub.Core.Tenants;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage;

/// <summary>A store in a folder, and beside it a plain list of the same hits.</summary>
public sealed class ComparedFolder : IDisposable
{
    public ComparedFolder()
    {
        Memory = new MemoryStore(Folder.Time);
        foreach (var tenant in (string[])["demo", "other"])
            Memory.TryCreate(new Tenant(TenantId.Parse(tenant), tenant, null, Folder.Time.GetUtcNow().AddYears(-1))).Should().BeTrue();
    }

    public StoreFolder Folder { get; } = new();

    public MemoryStore Memory { get; }

    /// <summary>Counts lines in both.</summary>
    public void Ingest(params string[] lines)
    {
        Folder.Ingest(lines);
        Memory.Ingest(lines);
    }

    public void Dispose() => Folder.Dispose();
}
