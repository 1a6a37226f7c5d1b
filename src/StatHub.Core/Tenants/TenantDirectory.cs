using System.Diagnostics.CodeAnalysis;
using StatHub.Core.Text;

namespace StatHub.Core.Tenants;

/// <summary>All tenants that lines may name, at one moment: found by the bytes of their name.</summary>
public sealed class TenantDirectory
{
    private readonly Dictionary<byte[], TenantEntry>.AlternateLookup<ReadOnlySpan<byte>> _byName;

    private TenantDirectory(Dictionary<byte[], TenantEntry> byName) => _byName = byName.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Makes a directory.</summary>
    /// <param name="entries">Tenants, also erased ones.</param>
    public TenantDirectory(IEnumerable<TenantEntry> entries)
        : this(entries.ToDictionary(entry => entry.Name, BytesComparer.Instance))
    {
    }

    /// <summary>Finds a tenant.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, [NotNullWhen(true)] out TenantEntry? entry) => _byName.TryGetValue(name, out entry);

    /// <summary>Another directory that has one tenant more, or another entry of it. This one stays as it is.</summary>
    public TenantDirectory With(TenantEntry entry) =>
        new(new Dictionary<byte[], TenantEntry>(_byName.Dictionary, BytesComparer.Instance) { [entry.Name] = entry });
}

/// <summary>A tenant as the ingest sees it.</summary>
/// <param name="Number">Its number in the store.</param>
/// <param name="Id">Its name.</param>
/// <param name="Name">The bytes of its name.</param>
/// <param name="Registered">False for one that was erased and not registered again.</param>
/// <param name="ErasedAt">Unix milliseconds of its last erase; older hits are not counted. 0 when there was none.</param>
/// <param name="KeyLimit">How many keys it may have.</param>
/// <param name="HitsPerDay">How many hits of one UTC day are counted.</param>
public sealed record TenantEntry(
    long Number, TenantId Id, byte[] Name, bool Registered, long ErasedAt, int KeyLimit = Tenant.UsualKeyLimit, long HitsPerDay = long.MaxValue);
