namespace StatHub.Core.Tenants;

/// <summary>
/// What tenants may still have, by what is committed and by what the batch that is being read has had. Belongs to the thread that reads
/// the journal.
/// </summary>
public interface ITenantBounds
{
    /// <summary>Takes one hit out of a tenant's quota for a UTC day; false when nothing is left of it.</summary>
    bool TakesHit(TenantEntry tenant, int day);

    /// <summary>
    /// Whether a key is one of the tenant's, or may become one; then it is from now on. Asked once a batch for each key.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="key">The bytes of the key. They are kept, and do not change.</param>
    bool TakesKey(TenantEntry tenant, byte[] key);

    /// <summary>Whether a tenant has an event of this name already.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The <see cref="Events.EventId.Hash(string)"/> of the name.</param>
    bool HasEvent(TenantEntry tenant, UInt128 id);

    /// <summary>Notes that a tenant has an event of this name.</summary>
    void AddEvent(TenantEntry tenant, UInt128 id);
}
