using System.Buffers;
using StatHub.Core.Events;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Events;

/// <summary>Finds events by their names, as long as their raw hits are kept.</summary>
public sealed class StoredEvents
{
    private readonly ReadPool _readers;
    private readonly IRawHits _rawHits;

    internal StoredEvents(ReadPool readers, IRawHits rawHits) => (_readers, _rawHits) = (readers, rawHits);

    /// <summary>Writes an event of a tenant as one flat object; false where no event of that name is committed.</summary>
    /// <param name="tenant">Whose event it is.</param>
    /// <param name="id">Its name; case and surrounding space do not matter.</param>
    /// <param name="target">Where to.</param>
    public bool TryWrite(TenantId tenant, string id, ArrayBufferWriter<byte> target)
    {
        if (EventId.TryInstant(id, out var made) && TryWrite(tenant, id, made, target))
            return true;
        return ChosenInstant(tenant, id) is { } instant && TryWrite(tenant, id, instant, target);
    }

    private long? ChosenInstant(TenantId tenant, string id) => _readers.Ask(reader =>
        reader.Sql("SELECT id FROM tenant WHERE name = ?1 AND registered = 1").Number(tenant.ToString()) is { } number
            ? EventTable.Find(reader, number, EventId.Hash(id))
            : null);

    private bool TryWrite(TenantId tenant, string id, long instant, ArrayBufferWriter<byte> target)
    {
        var minute = instant / 60_000;
        using var reader = _rawHits.Open(new HitScope(tenant), new MinuteRange(minute, minute + 1), RawHitPosition.Before(instant));
        for (var block = reader.Read(64); !block.IsEmpty; block = reader.Read(64))
        {
            foreach (var range in block.Span.Split((byte)'\n'))
            {
                var line = block.Span[range];
                if (line.IsEmpty)
                    continue;
                if (StoredHit.UnixMilliseconds(line) != instant)
                    return false;
                if (StoredEvent.TryWrite(line, id, target))
                    return true;
            }
        }
        return false;
    }
}
