using StatHub.Core.Alerts;
using StatHub.Core.Tenants;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Alerts;

/// <summary>Something that a receiver is to be told.</summary>
/// <param name="Id">Its number; what comes later has a larger one.</param>
/// <param name="Body">The body of the request, as it is signed.</param>
/// <param name="MadeAt">Since when it waits.</param>
/// <param name="Attempts">How often it was tried.</param>
public sealed record WaitingNotification(long Id, byte[] Body, DateTimeOffset MadeAt, int Attempts);

/// <summary>What receivers are still to be told. What is told stays here until the receiver has said that it has it, so it may be told twice and is told at least once.</summary>
public sealed class AlertOutbox
{
    /// <summary>So much may wait for one receiver. What is beyond is the oldest, and goes.</summary>
    public const int MostOfReceiver = 1000;

    private readonly Writer _writer;
    private readonly ReadPool _readers;

    internal AlertOutbox(Writer writer, ReadPool readers) => (_writer, _readers) = (writer, readers);

    /// <summary>How many notifications wait.</summary>
    public long Count => _readers.Ask(reader => reader.Sql("SELECT count(*) FROM outbox").Number() ?? 0);

    /// <summary>Receivers whose earliest notification is due.</summary>
    public IReadOnlyList<(TenantId Tenant, string Receiver)> Due(DateTimeOffset now) => _readers.Ask(reader =>
    {
        var due = new List<(TenantId, string)>();
        using var rows = reader.Sql("SELECT tenant, receiver FROM outbox WHERE id IN (SELECT min(id) FROM outbox GROUP BY tenant, receiver) AND due_ms <= ?1").Rows(now.ToUnixTimeMilliseconds());
        while (rows.Read())
            due.Add((TenantId.Parse(rows.Text(0)), rows.Text(1)));
        return due;
    });

    /// <summary>The earliest notification of a receiver, when it is due, and the receiver as it is now.</summary>
    public (AlertReceiver Receiver, WaitingNotification Notification)? Next(TenantId tenant, string receiver, DateTimeOffset now) => _writer.Alone(() =>
    {
        if (new AlertRows(_writer).Document(tenant)?.Receivers.FirstOrDefault(one => one.Name == receiver) is not { } known)
            return ((AlertReceiver, WaitingNotification)?)null;
        using var rows = _writer.Sql("SELECT id, body, made_ms, attempts, due_ms FROM outbox WHERE tenant = ?1 AND receiver = ?2 ORDER BY id LIMIT 1").Rows(tenant.ToString(), receiver);
        if (!rows.Read() || rows.Long(4) > now.ToUnixTimeMilliseconds())
            return null;
        return (known, new WaitingNotification(rows.Long(0), rows.Blob(1).ToArray(), DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(2)), rows.Int(3)));
    });

    /// <summary>The receiver has it, or never will.</summary>
    public void Remove(long id) => _writer.Transaction(() => _writer.Sql("DELETE FROM outbox WHERE id = ?1").Run(id));

    /// <summary>It is tried again then.</summary>
    public void PutOff(long id, DateTimeOffset due) => _writer.Transaction(() =>
        _writer.Sql("UPDATE outbox SET attempts = attempts + 1, due_ms = ?2 WHERE id = ?1").Run(id, due.ToUnixTimeMilliseconds()));

    /// <summary>Adds something to be told at once, within a transaction. How much of before was too much then.</summary>
    internal int Add(TenantId tenant, string receiver, byte[] body, DateTimeOffset now)
    {
        _writer.Sql("INSERT INTO outbox (tenant, receiver, body, made_ms, attempts, due_ms) VALUES (?1, ?2, ?3, ?4, 0, ?4)")
            .Run(tenant.ToString(), receiver, body, now.ToUnixTimeMilliseconds());
        return _writer.Sql(
            "DELETE FROM outbox WHERE tenant = ?1 AND receiver = ?2 AND id <= (SELECT id FROM outbox WHERE tenant = ?1 AND receiver = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)")
            .Run(tenant.ToString(), receiver, MostOfReceiver);
    }

    /// <summary>Forgets what waits for receivers that are no more, within a transaction.</summary>
    internal void Keep(TenantId tenant, IReadOnlyList<AlertReceiver> receivers)
    {
        var waiting = new List<string>();
        using (var rows = _writer.Sql("SELECT DISTINCT receiver FROM outbox WHERE tenant = ?1").Rows(tenant.ToString()))
        {
            while (rows.Read())
                waiting.Add(rows.Text(0));
        }
        foreach (var gone in waiting.Where(name => receivers.All(receiver => receiver.Name != name)))
            _writer.Sql("DELETE FROM outbox WHERE tenant = ?1 AND receiver = ?2").Run(tenant.ToString(), gone);
    }
}
