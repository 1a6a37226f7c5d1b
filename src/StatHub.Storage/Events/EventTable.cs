using System.Buffers.Binary;
using StatHub.Core.Events;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Events;

/// <summary>
/// The names that clients gave to events, as long as their raw hits are kept. Written with the commit that counts the event, so that
/// a name is known exactly when its event is counted.
/// </summary>
internal static class EventTable
{
    /// <summary>When a tenant's event of a name was, in Unix milliseconds; null for none.</summary>
    public static long? Find(Reader reader, long tenant, UInt128 id) =>
        reader.Sql("SELECT at_ms FROM event WHERE tenant = ?1 AND id = ?2").Number(tenant, Bytes(id));

    /// <summary>Adds the names of a tenant's events, within a transaction.</summary>
    public static void Add(Writer writer, long tenant, IReadOnlyList<ChosenEvent> events)
    {
        var insert = writer.Sql("INSERT OR IGNORE INTO event (tenant, id, at_ms) VALUES (?1, ?2, ?3)");
        foreach (var chosen in events)
            insert.Run(tenant, Bytes(chosen.Id), chosen.UnixMilliseconds);
    }

    /// <summary>Forgets the names of a tenant's events of a day, whose raw hits are gone; within a transaction.</summary>
    public static void Forget(Writer writer, long tenant, long day) => writer.Sql(
        "DELETE FROM event WHERE tenant = ?1 AND at_ms >= ?2 AND at_ms < ?3").Run(tenant, day * DayMilliseconds, (day + 1) * DayMilliseconds);

    private const long DayMilliseconds = 24 * 3600 * 1000;

    private static byte[] Bytes(UInt128 id)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        return bytes;
    }
}
