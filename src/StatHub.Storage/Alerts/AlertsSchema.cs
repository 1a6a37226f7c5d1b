using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Alerts;

/// <summary>The database of alerts. See docs/formats/alerts.md.</summary>
internal static class AlertsSchema
{
    /// <summary>Its file.</summary>
    public static readonly DatabaseFile File = new("alerts.db",
    [
        """
        -- What a tenant wants to be told of, and where: two JSON arrays. The secrets of receivers are in it.
        CREATE TABLE document (tenant TEXT PRIMARY KEY, revision INTEGER NOT NULL, rules TEXT NOT NULL, receivers TEXT NOT NULL) STRICT, WITHOUT ROWID;
        -- How it stands with a rule (client is empty), or with a client of it. States: 0 ok, 1 pending, 2 firing, 3 no data.
        CREATE TABLE standing (
            tenant TEXT NOT NULL, rule TEXT NOT NULL, client TEXT NOT NULL, state INTEGER NOT NULL, since_ms INTEGER NOT NULL, counted_ms INTEGER, notified_ms INTEGER,
            hits INTEGER NOT NULL, errors INTEGER NOT NULL, value_e9 INTEGER NOT NULL, value_rest INTEGER NOT NULL,
            PRIMARY KEY (tenant, rule, client)) STRICT, WITHOUT ROWID;
        -- Metrics: 0 rate, 1 error rate, 2 client rate, 3 value, 4 no data.
        CREATE TABLE history (
            id INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, rule TEXT NOT NULL, metric INTEGER NOT NULL, client TEXT NOT NULL, previous INTEGER NOT NULL,
            state INTEGER NOT NULL, at_ms INTEGER NOT NULL, duration_ms INTEGER, hits INTEGER NOT NULL, errors INTEGER NOT NULL, value_e9 INTEGER NOT NULL, value_rest INTEGER NOT NULL) STRICT;
        CREATE INDEX history_of_tenant ON history (tenant, id);
        -- What receivers are still to be told, in the order of id.
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, receiver TEXT NOT NULL, body BLOB NOT NULL, made_ms INTEGER NOT NULL, attempts INTEGER NOT NULL, due_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX outbox_of_receiver ON outbox (tenant, receiver, id);
        -- The latest erase of a tenant that was done here.
        CREATE TABLE erased (tenant TEXT PRIMARY KEY, erased_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """,
    ]);
}
