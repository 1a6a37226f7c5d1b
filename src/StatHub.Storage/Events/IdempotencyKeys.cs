using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using StatHub.Core.Tenants;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Events;

/// <summary>
/// Batches of events that may be sent again: what a client calls one, and what it was. Noted before the events are, in a database of its own so that no
/// commit delays them. Safe to call from several threads.
/// </summary>
public sealed class IdempotencyKeys : IDisposable
{
    /// <summary>How long a key is known.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const string FileName = "events.db";
    private const int Version = 1;
    private const int SeedBytes = 16;

    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly Statement _find;
    private readonly Statement _begin;
    private readonly Statement _end;
    private readonly Statement _forget;

    internal IdempotencyKeys(string folder)
    {
        _connection = Open(Path.Combine(folder, FileName));
        _find = new Statement(_connection, "SELECT body, seed, at_ms, done FROM batch WHERE tenant = ?1 AND key = ?2");
        _begin = new Statement(_connection, "INSERT OR REPLACE INTO batch (tenant, key, body, seed, at_ms, done) VALUES (?1, ?2, ?3, ?4, ?5, 0)");
        _end = new Statement(_connection, "UPDATE batch SET done = 1 WHERE tenant = ?1 AND key = ?2");
        _forget = new Statement(_connection, "DELETE FROM batch WHERE at_ms < ?1");
    }

    /// <summary>Finds the batch that a client gave a key to within the last 24 hours, or notes this one.</summary>
    /// <param name="tenant">Whose key it is.</param>
    /// <param name="key">The key.</param>
    /// <param name="body">What was sent.</param>
    /// <param name="now">The clock.</param>
    public NotedBatch FindOrBegin(TenantId tenant, string key, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var (name, hash) = (Hash(Encoding.UTF8.GetBytes(key)), Hash(body));
        lock (_gate)
        {
            if (Find(tenant, name, hash) is { } known && now - known.At < Lifetime)
                return known;
            var seed = RandomNumberGenerator.GetBytes(SeedBytes);
            _begin.Run(tenant.ToString(), name, hash, seed, now.ToUnixTimeMilliseconds());
            return new NotedBatch(seed, now, IsSameBody: true, IsNew: true, IsDone: false);
        }
    }

    /// <summary>The events of a batch are on disk.</summary>
    public void End(TenantId tenant, string key)
    {
        lock (_gate)
            _end.Run(tenant.ToString(), Hash(Encoding.UTF8.GetBytes(key)));
    }

    /// <summary>Forgets keys whose time is over.</summary>
    public void ForgetOld(DateTimeOffset now)
    {
        lock (_gate)
            _forget.Run((now - Lifetime).ToUnixTimeMilliseconds());
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var statement in (Statement[])[_find, _begin, _end, _forget])
                statement.Dispose();
            _connection.Dispose();
        }
    }

    private NotedBatch? Find(TenantId tenant, byte[] key, byte[] body)
    {
        using var rows = _find.Rows(tenant.ToString(), key);
        return rows.Read()
            ? new NotedBatch(rows.Blob(1).ToArray(), DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(2)), rows.Blob(0).SequenceEqual(body), IsNew: false, rows.Int(3) == 1)
            : null;
    }

    private static byte[] Hash(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes)[..16];

    private static SqliteConnection Open(string path)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = Database.OpenFile(path, SqliteOpenMode.ReadWriteCreate);
            Database.Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version";
            var version = Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
            if (version > Version)
                throw new StoreException($"{FileName} has schema version {version}, this StatHub knows versions up to {Version}. Use the newer StatHub that wrote it.");
            if (version == 0)
            {
                Database.Execute(connection, $"""
                    BEGIN IMMEDIATE;
                    CREATE TABLE batch (
                        tenant TEXT NOT NULL, key BLOB NOT NULL, body BLOB NOT NULL, seed BLOB NOT NULL, at_ms INTEGER NOT NULL, done INTEGER NOT NULL,
                        PRIMARY KEY (tenant, key)) STRICT, WITHOUT ROWID;
                    CREATE INDEX batch_by_time ON batch (at_ms);
                    PRAGMA user_version = {Version};
                    COMMIT;
                    """);
            }
            return connection;
        }
        catch (SqliteException exception)
        {
            connection?.Dispose();
            throw new StoreException(
                $"{FileName} cannot be opened: {exception.Message}. Remove it and its -wal and -shm: batches of events that are then sent again with their Idempotency-Key are counted again.", exception);
        }
    }
}

/// <summary>A batch of events that has a key.</summary>
/// <param name="Seed">What its events' names are made of: 16 bytes.</param>
/// <param name="At">When it first came.</param>
/// <param name="IsSameBody">Whether what was sent now is what was sent first.</param>
/// <param name="IsNew">Whether it came for the first time.</param>
/// <param name="IsDone">Whether its events are known to be on disk.</param>
public sealed record NotedBatch(byte[] Seed, DateTimeOffset At, bool IsSameBody, bool IsNew, bool IsDone);
