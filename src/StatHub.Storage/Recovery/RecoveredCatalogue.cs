using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Recovery;

/// <summary>Writes what segments tell into a database: tenants, catalogue, ledger, counters. Within a transaction.</summary>
/// <param name="writer">The database.</param>
/// <param name="found">What segments tell.</param>
/// <param name="erasures">The latest erase of each tenant, in Unix milliseconds.</param>
/// <param name="copied">The last batch that the database knows already; 0 when it is a new one.</param>
internal sealed class RecoveredCatalogue(Writer writer, FoundSegments found, IReadOnlyDictionary<TenantId, long> erasures, long copied)
{
    private readonly Dictionary<string, (long Number, long RawFromDay)> _tenants = [];

    public void Write()
    {
        foreach (var (number, _, at) in TenantErase.FindBack(writer, erasures))
            TenantErase.Run(writer, number, at);
        WriteTenants();
        WriteCatalogue();
        WriteLedger();
        WriteCounters();
    }

    private void WriteTenants()
    {
        var counted = RejectReason.None.Name();
        foreach (var tenant in found.Notes.SelectMany(note => note.Outcomes.Where(outcome => outcome.Tenant is not null).Select(outcome => (outcome, note.CommittedAt)))
            .GroupBy(one => one.outcome.Tenant!))
            WriteTenant(tenant.Key, tenant.Min(one => one.CommittedAt), tenant.Where(one => one.outcome.Outcome == counted).Select(one => one.CommittedAt).DefaultIfEmpty().Max());
        foreach (var day in found.Days)
            WriteTenant(day.File.Tenant.ToString(), 0, long.MaxValue);
        using var rows = writer.Sql("SELECT name, id, raw_from_day FROM tenant").Rows();
        while (rows.Read())
            _tenants[rows.Text(0)] = (rows.Long(1), rows.Long(2));
    }

    /// <summary>A tenant that the copy does not know has its hits, and no settings of its own.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="first">When it is first told of, in Unix milliseconds.</param>
    /// <param name="lastCounted">When hits of it were counted the last time.</param>
    private void WriteTenant(string name, long first, long lastCounted)
    {
        var erasedAt = erasures.GetValueOrDefault(TenantId.Parse(name), 0);
        // Who had hits behind the erase was registered again.
        var created = erasedAt > 0 && lastCounted > erasedAt ? erasedAt + 1 : first;
        writer.Sql(
            """
            INSERT INTO tenant (name, title, created_ms, registered, erased_ms) VALUES (?1, ?1, ?2, ?3, ?4)
            ON CONFLICT (name) DO UPDATE SET title = excluded.title, created_ms = excluded.created_ms, registered = 1
                WHERE registered = 0 AND excluded.registered = 1
            """).Run(name, created, erasedAt == 0 || created > erasedAt ? 1 : 0, erasedAt);
    }

    private void WriteCatalogue()
    {
        foreach (var table in (string[])["segment", "member", "wipe", "compacted", "compacted_member"])
            writer.Sql($"DELETE FROM {table}").Run();
        foreach (var segment in found.Young)
        {
            writer.Sql("INSERT INTO segment (id, length) VALUES (?1, ?2)").Run(segment.Number, segment.Length);
            foreach (var member in segment.Members)
                WriteMember(member);
        }
        foreach (var day in found.Days)
            WriteDay(day);
    }

    private void WriteMember(YoungMember member)
    {
        var header = member.Header;
        var (tenant, rawFromDay) = _tenants[header.Tenant];
        // What was to be overwritten may not be yet.
        if (IsErased(header.Tenant, member.CommittedAt) || header.Day < rawFromDay && header.Batch <= copied)
        {
            writer.Sql("INSERT INTO wipe (segment, offset, length) VALUES (?1, ?2, ?3)").Run(member.Segment, member.Offset, member.Length);
            return;
        }
        writer.Sql(
            """
            INSERT INTO member (tenant, day, first_ms, batch, last_ms, segment, offset, length, lines) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """).Run(tenant, header.Day, header.First, header.Batch, header.Last, member.Segment, member.Offset, member.Length, header.Lines);
    }

    private void WriteDay(FoundDay day)
    {
        var (tenant, rawFromDay) = _tenants[day.File.Tenant.ToString()];
        // The catalogue had forgotten the file, which was to be removed.
        if (day.File.Day < rawFromDay)
            return;
        writer.Sql("INSERT INTO compacted (id, tenant, day, batch, lines, length, made_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
            .Run(day.File.Id, tenant, day.File.Day, day.Batch, day.Lines, day.Length, (day.File.Day + 1) * UtcDay.Milliseconds);
        var insert = writer.Sql(
            """
            INSERT INTO compacted_member (file, number, first_key, last_key, first_ms, last_ms, offset, length, lines)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """);
        foreach (var (number, member) in day.Members.Index())
            insert.Run(day.File.Id, number, member.FirstKey, member.LastKey, member.First, member.Last, member.Offset, member.Length, member.Lines);
    }

    /// <summary>The copy may have been made within a minute, so that is written anew.</summary>
    private void WriteLedger()
    {
        var from = found.Notes.Where(note => note.First <= copied && copied <= note.Last).Select(note => note.Minute).DefaultIfEmpty(long.MaxValue).First();
        writer.Sql("DELETE FROM ledger WHERE minute >= ?1").Run(from);
        foreach (var note in found.Notes.Where(note => note.First > copied || note.Minute >= from))
        {
            foreach (var outcome in note.Outcomes)
            {
                var reason = RejectReason.None;
                if (outcome.Outcome != reason.Name() && !RejectReasons.TryParse(outcome.Outcome, out reason))
                    throw new StoreException($"Batch {note.Last} has lines with the outcome '{outcome.Outcome}', which this StatHub does not know. Use the newer one that wrote it.");
                writer.Sql(
                    """
                    INSERT INTO ledger (minute, tenant, outcome, lines) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT (minute, tenant, outcome) DO UPDATE SET lines = lines + excluded.lines
                    """).Run(note.Minute, Owner(outcome.Tenant, note.CommittedAt), (int)reason, outcome.Lines);
            }
        }
    }

    private long Owner(string? tenant, long committedAt) => tenant is null || IsErased(tenant, committedAt) ? 0 : _tenants[tenant].Number;

    private bool IsErased(string tenant, long committedAt) => erasures.GetValueOrDefault(TenantId.Parse(tenant), 0) > committedAt;

    private void WriteCounters()
    {
        foreach (var (name, value) in (IEnumerable<(string, long)>)
            [("batch", found.LastBatch), ("dimensions", found.LastBatch), ("segment", found.LastSegment), ("compaction", found.LastCompaction)])
            writer.Sql("UPDATE counter SET value = max(value, ?2) WHERE name = ?1").Run(name, value);
        // Which batches are of a version that did not sort is not known without a copy.
        if (copied == 0)
            writer.Sql("UPDATE counter SET value = ?1 WHERE name = 'unsorted'").Run(found.LastBatch);
    }
}
