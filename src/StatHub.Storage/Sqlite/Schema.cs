namespace StatHub.Storage.Sqlite;

/// <summary>The tables, one script a version. A script that was released is never changed: a new one is added.</summary>
internal static class Schema
{
    /// <summary>Scripts that lead from version i to version i + 1.</summary>
    public static IReadOnlyList<string> Versions { get; } =
    [
        """
        CREATE TABLE tenant (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL, retention_days INTEGER,
            created_ms INTEGER NOT NULL, registered INTEGER NOT NULL, erased_ms INTEGER NOT NULL DEFAULT 0) STRICT;

        -- One row a key, and one with an empty key for the tenant as a whole.
        CREATE TABLE series (
            id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, key TEXT NOT NULL, hits INTEGER NOT NULL,
            first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, UNIQUE (tenant, key)) STRICT;

        -- A sum of values is value_e9 * 10^9 + value_rest millionths, so that 64-bit sums stay exact.
        CREATE TABLE day (
            series INTEGER NOT NULL, day INTEGER NOT NULL, hits INTEGER NOT NULL, value_e9 INTEGER NOT NULL,
            value_rest INTEGER NOT NULL, PRIMARY KEY (series, day)) STRICT, WITHOUT ROWID;
        -- A month is counted from year 0: 12 * year + month - 1.
        CREATE TABLE month (
            series INTEGER NOT NULL, month INTEGER NOT NULL, hits INTEGER NOT NULL, value_e9 INTEGER NOT NULL,
            value_rest INTEGER NOT NULL, PRIMARY KEY (series, month)) STRICT, WITHOUT ROWID;
        CREATE TABLE hour (
            series INTEGER NOT NULL, hour INTEGER NOT NULL, hits INTEGER NOT NULL, value_e9 INTEGER NOT NULL,
            value_rest INTEGER NOT NULL, minutes BLOB NOT NULL, PRIMARY KEY (series, hour)) STRICT, WITHOUT ROWID;

        -- tenant 0 stands for nobody known.
        CREATE TABLE ledger (
            minute INTEGER NOT NULL, tenant INTEGER NOT NULL, outcome INTEGER NOT NULL, lines INTEGER NOT NULL,
            PRIMARY KEY (minute, tenant, outcome)) STRICT, WITHOUT ROWID;
        CREATE INDEX ledger_by_tenant ON ledger (tenant, minute);
        CREATE TABLE rejected (
            id INTEGER PRIMARY KEY, day INTEGER NOT NULL, reason INTEGER NOT NULL,
            committed_ms INTEGER NOT NULL, file TEXT NOT NULL, offset INTEGER NOT NULL, line TEXT NOT NULL) STRICT;
        CREATE INDEX rejected_by_day ON rejected (day, reason);

        CREATE TABLE journal_file (
            id INTEGER PRIMARY KEY, inode INTEGER NOT NULL, name TEXT NOT NULL, offset INTEGER NOT NULL,
            head_length INTEGER NOT NULL, head_hash TEXT NOT NULL, tail_length INTEGER NOT NULL, tail_hash TEXT NOT NULL,
            duplicate_until INTEGER NOT NULL, gone_ms INTEGER) STRICT;
        CREATE INDEX journal_file_gone ON journal_file (gone_ms);

        CREATE TABLE segment (id INTEGER PRIMARY KEY, length INTEGER NOT NULL) STRICT;
        CREATE TABLE member (
            tenant INTEGER NOT NULL, day INTEGER NOT NULL, first_ms INTEGER NOT NULL, batch INTEGER NOT NULL,
            last_ms INTEGER NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
            lines INTEGER NOT NULL, PRIMARY KEY (tenant, day, first_ms, batch)) STRICT, WITHOUT ROWID;
        -- Members of erased tenants that are still to be overwritten.
        CREATE TABLE wipe (
            segment INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
            PRIMARY KEY (segment, offset)) STRICT, WITHOUT ROWID;
        CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO counter VALUES ('batch', 0);

        CREATE TABLE token (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, tenant INTEGER, scopes INTEGER NOT NULL, created_ms INTEGER NOT NULL,
            hash BLOB NOT NULL UNIQUE) STRICT;
        """,
        """
        ALTER TABLE hour ADD COLUMN bots INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE day ADD COLUMN bots INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE month ADD COLUMN bots INTEGER NOT NULL DEFAULT 0;
        -- The minute from which every hit was labelled. What version 1 counted was not, and may lie a day ahead.
        INSERT INTO counter (name, value)
            SELECT 'labelled_since', CASE WHEN EXISTS (SELECT 1 FROM series) THEN unixepoch() / 60 + 1440 ELSE 0 END;

        -- The most frequent values of a dimension, as docs/formats/sketches.md has them. own is what follows d. in the name of an own one.
        CREATE TABLE dimension_day (
            series INTEGER NOT NULL, dimension INTEGER NOT NULL, own TEXT NOT NULL, day INTEGER NOT NULL, top BLOB NOT NULL,
            PRIMARY KEY (series, dimension, own, day)) STRICT;
        CREATE TABLE dimension_month (
            series INTEGER NOT NULL, dimension INTEGER NOT NULL, own TEXT NOT NULL, month INTEGER NOT NULL, top BLOB NOT NULL,
            PRIMARY KEY (series, dimension, own, month)) STRICT;
        -- The last batch whose dimensions are in these tables: those of later ones are made again from the segments.
        INSERT INTO counter (name, value) VALUES ('dimensions', 0);
        -- The highest number of a series so far: none is given twice.
        INSERT INTO counter (name, value) SELECT 'series', coalesce(max(id), 0) FROM series;
        """,
        """
        ALTER TABLE hour ADD COLUMN visitors INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE day ADD COLUMN visitors INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE month ADD COLUMN visitors INTEGER NOT NULL DEFAULT 0;
        -- The sketches that these numbers are the estimates of, as docs/formats/sketches.md has them. A day's is kept for some days only.
        CREATE TABLE visitor_hour (
            series INTEGER NOT NULL, hour INTEGER NOT NULL, sketch BLOB NOT NULL, PRIMARY KEY (series, hour)) STRICT;
        CREATE TABLE visitor_day (
            series INTEGER NOT NULL, day INTEGER NOT NULL, sketch BLOB NOT NULL, PRIMARY KEY (series, day)) STRICT;
        ALTER TABLE tenant ADD COLUMN key_limit INTEGER;
        ALTER TABLE tenant ADD COLUMN hits_per_day INTEGER;
        -- The first day whose raw hits are kept.
        ALTER TABLE tenant ADD COLUMN raw_from_day INTEGER NOT NULL DEFAULT 0;
        -- Which patterns clients were told apart with lately, as a number, and the minute from which all hits were.
        INSERT INTO counter (name, value) VALUES ('clients', 0);
        INSERT INTO counter (name, value)
            SELECT 'clients_since', CASE WHEN EXISTS (SELECT 1 FROM series) THEN unixepoch() / 60 + 1440 ELSE 0 END;
        -- The minute from which every hit has its visitor. What earlier versions counted has none, and may lie a day ahead.
        INSERT INTO counter (name, value)
            SELECT 'visitors_since', CASE WHEN EXISTS (SELECT 1 FROM series) THEN unixepoch() / 60 + 1440 ELSE 0 END;
        -- A tenant's day in a file of its own. It has what batches up to this one had; of several files the latest counts.
        CREATE TABLE compacted (
            id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, day INTEGER NOT NULL, batch INTEGER NOT NULL, lines INTEGER NOT NULL,
            length INTEGER NOT NULL, made_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX compacted_by_day ON compacted (tenant, day, id);
        CREATE TABLE compacted_member (
            file INTEGER NOT NULL, number INTEGER NOT NULL, first_key BLOB NOT NULL, last_key BLOB NOT NULL, first_ms INTEGER NOT NULL,
            last_ms INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL, lines INTEGER NOT NULL,
            PRIMARY KEY (file, number)) STRICT, WITHOUT ROWID;
        -- The highest numbers of a compaction and of a segment so far: none is given twice.
        INSERT INTO counter (name, value) VALUES ('compaction', 0);
        INSERT INTO counter (name, value) SELECT 'segment', coalesce(max(id), 0) FROM segment;
        -- The last batch of a version that did not sort hits of one millisecond by their keys.
        INSERT INTO counter (name, value) SELECT 'unsorted', value FROM counter WHERE name = 'batch';
        """,
        """
        -- How many months before the current one sums are kept.
        ALTER TABLE tenant ADD COLUMN rollup_months INTEGER;
        -- The first day that has sums, and the hits of the days before it.
        ALTER TABLE tenant ADD COLUMN sums_from_day INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tenant ADD COLUMN hits_gone INTEGER NOT NULL DEFAULT 0;
        -- How many times the rows of a day were replaced by a rebuild.
        INSERT INTO counter (name, value) VALUES ('replaced', 0);
        """,
        """
        -- What clients called their events, as the first 16 bytes of the SHA-256 of the folded name.
        CREATE TABLE event (
            tenant INTEGER NOT NULL, id BLOB NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (tenant, id)) STRICT, WITHOUT ROWID;
        CREATE INDEX event_by_time ON event (tenant, at_ms);
        -- From when on a token is not valid any more, and when it was used last.
        ALTER TABLE token ADD COLUMN expires_ms INTEGER;
        ALTER TABLE token ADD COLUMN used_ms INTEGER;
        -- Whether anybody may read a tenant's counts, and which web pages may ask: their origins, one a line.
        ALTER TABLE tenant ADD COLUMN public_read INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tenant ADD COLUMN cors_origins TEXT NOT NULL DEFAULT '';
        """,
        """
        -- Top values and sketches of a day with few hits, as docs/formats/rollups.md has them; null where they have rows of their own. They are of
        -- all batches up to packed_batch, if that is above the last one that is noted for all dimensions.
        ALTER TABLE day ADD COLUMN packed BLOB;
        ALTER TABLE day ADD COLUMN packed_batch INTEGER NOT NULL DEFAULT 0;
        """,
        """
        -- The hours of a day with few hits, as docs/formats/rollups.md has them; null where they have rows of their own. A month has a row where one of its days has such rows.
        ALTER TABLE day ADD COLUMN hours BLOB;
        """,
    ];
}
