using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using StatHub.Core.Tenants;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Events;

/// <summary>
/// Batches of events that may be sent again: what a client calls one, and what it was. Noted before the events are, in a database of its own so that no
/// commit delays them. Safe to call from several threads.
/// </summary>
public sealed class IdempotencyKeys : ITenantData, IDisposable
{
    /// <summary>How long a key is known.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const int SeedBytes = 16;

    internal static readonly DatabaseFile File = new("events.db",
    [
        """
        CREATE TABLE batch (
            tenant TEXT NOT NULL, key BLOB NOT NULL, body BLOB NOT NULL, seed BLOB NOT NULL, at_ms INTEGER NOT NULL, done INTEGER NOT NULL,
            PRIMARY KEY (tenant, key)) STRICT, WITHOUT ROWID;
        CREATE INDEX batch_by_time ON batch (at_ms);
        """,
    ]);

    private readonly Writer _writer;

    internal IdempotencyKeys(string folder)
    {
        _writer = new Writer(folder, File);
        try
        {
            // What is wrong with the file is told at the start.
            _writer.Alone(() => true);
        }
        catch (SqliteException exception)
        {
            throw new StoreException(
                $"{File.Name} cannot be opened: {exception.Message}. Remove it and its -wal and -shm: batches of events that are then sent again with their Idempotency-Key are counted again.", exception);
        }
    }

    /// <summary>Finds the batch that a client gave a key to within the last 24 hours, or notes this one.</summary>
    /// <param name="tenant">Whose key it is.</param>
    /// <param name="key">The key.</param>
    /// <param name="body">What was sent.</param>
    /// <param name="now">The clock.</param>
    public NotedBatch FindOrBegin(TenantId tenant, string key, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var (name, hash) = (Hash(Encoding.UTF8.GetBytes(key)), Hash(body));
        return _writer.Transaction(() =>
        {
            if (Find(tenant, name, hash) is { } known && now - known.At < Lifetime)
                return known;
            var seed = RandomNumberGenerator.GetBytes(SeedBytes);
            _writer.Sql("INSERT OR REPLACE INTO batch (tenant, key, body, seed, at_ms, done) VALUES (?1, ?2, ?3, ?4, ?5, 0)")
                .Run(tenant.ToString(), name, hash, seed, now.ToUnixTimeMilliseconds());
            return new NotedBatch(seed, now, IsSameBody: true, IsNew: true, IsDone: false);
        });
    }

    /// <summary>The events of a batch are on disk.</summary>
    public void End(TenantId tenant, string key) => _writer.Transaction(() =>
        _writer.Sql("UPDATE batch SET done = 1 WHERE tenant = ?1 AND key = ?2").Run(tenant.ToString(), Hash(Encoding.UTF8.GetBytes(key))));

    /// <summary>Forgets keys whose time is over.</summary>
    public void ForgetOld(DateTimeOffset now) => _writer.Transaction(() =>
        _writer.Sql("DELETE FROM batch WHERE at_ms < ?1").Run((now - Lifetime).ToUnixTimeMilliseconds()));

    // Who is registered again under that name has sent nothing yet.
    void ITenantData.Erase(TenantId tenant, long erasedAt) => _writer.Transaction(() =>
        _writer.Sql("DELETE FROM batch WHERE tenant = ?1 AND at_ms <= ?2").Run(tenant.ToString(), erasedAt));

    public void Dispose() => _writer.Dispose();

    private NotedBatch? Find(TenantId tenant, byte[] key, byte[] body)
    {
        using var rows = _writer.Sql("SELECT body, seed, at_ms, done FROM batch WHERE tenant = ?1 AND key = ?2").Rows(tenant.ToString(), key);
        return rows.Read()
            ? new NotedBatch(rows.Blob(1).ToArray(), DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(2)), rows.Blob(0).SequenceEqual(body), IsNew: false, rows.Int(3) == 1)
            : null;
    }

    private static byte[] Hash(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes)[..16];
}

/// <summary>A batch of events that has a key.</summary>
/// <param name="Seed">What its events' names are made of: 16 bytes.</param>
/// <param name="At">When it first came.</param>
/// <param name="IsSameBody">Whether what was sent now is what was sent first.</param>
/// <param name="IsNew">Whether it came for the first time.</param>
/// <param name="IsDone">Whether its events are known to be on disk.</param>
public sealed record NotedBatch(byte[] Seed, DateTimeOffset At, bool IsSameBody, bool IsNew, bool IsDone);
