using System.Globalization;
using StatHub.Core.Logs;
using StatHub.Core.Tenants;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Logs;

/// <summary>What imports said of their logs, for who asks later. See docs/formats/data-folder.md.</summary>
internal sealed class ReportTable(Writer writer)
{
    public const string Schema =
        """
        -- refused is "bad_time 3,missing_field 1".
        CREATE TABLE report (
            id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, at_ms INTEGER NOT NULL, format TEXT NOT NULL, key TEXT, lines INTEGER NOT NULL, entries INTEGER NOT NULL, bytes INTEGER NOT NULL,
            refused TEXT NOT NULL, bad_lines INTEGER NOT NULL, stream_lines INTEGER, log_bytes INTEGER NOT NULL, known_bytes INTEGER NOT NULL) STRICT;
        CREATE INDEX report_by_tenant ON report (tenant, id);
        """;

    /// <summary>So many are kept of a tenant.</summary>
    public const int MostReports = 1000;

    /// <summary>Notes what became of a log, and forgets the oldest of too many.</summary>
    public void Add(TenantId tenant, PastImport import) => writer.Transaction(() =>
    {
        writer.Sql(
            """
            INSERT INTO report (tenant, at_ms, format, key, lines, entries, bytes, refused, bad_lines, stream_lines, log_bytes, known_bytes)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """).Run(
                tenant.ToString(), import.At.ToUnixTimeMilliseconds(), import.Format, import.Key, import.Lines, import.Entries, import.Bytes,
                string.Join(',', import.Refused.Select(refused => string.Create(CultureInfo.InvariantCulture, $"{refused.Key} {refused.Value}"))),
                import.BadLines, import.StreamLines, import.LogBytes, import.KnownBytes);
        writer.Sql("DELETE FROM report WHERE tenant = ?1 AND id <= (SELECT id FROM report WHERE tenant = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)").Run(tenant.ToString(), MostReports);
    });

    /// <summary>The latest of a tenant, the newest first.</summary>
    public IReadOnlyList<PastImport> List(TenantId tenant, int limit) => writer.Alone(() =>
    {
        var reports = new List<PastImport>();
        using var rows = writer.Sql(
            "SELECT at_ms, format, key, lines, entries, bytes, refused, bad_lines, stream_lines, log_bytes, known_bytes FROM report WHERE tenant = ?1 ORDER BY id DESC LIMIT ?2").Rows(tenant.ToString(), limit);
        while (rows.Read())
        {
            reports.Add(new PastImport(
                DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(0)), rows.Text(1), rows.IsNull(2) ? null : rows.Text(2), rows.Long(3), rows.Long(4), rows.Long(5), Refused(rows.Text(6)), rows.Long(7),
                rows.IsNull(8) ? null : rows.Long(8), rows.Long(9), rows.Long(10)));
        }
        return reports;
    });

    /// <summary>Forgets what was imported for a tenant before it was erased.</summary>
    public void Erase(TenantId tenant, long erasedAt) => writer.Transaction(() =>
        writer.Sql("DELETE FROM report WHERE tenant = ?1 AND at_ms <= ?2").Run(tenant.ToString(), erasedAt));

    private static Dictionary<string, long> Refused(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(one => one.Split(' ')).ToDictionary(one => one[0], one => long.Parse(one[1], CultureInfo.InvariantCulture));
}

/// <summary>What became of a log that was imported.</summary>
/// <param name="At">When all of it was in the journal.</param>
/// <param name="Format">The format that it was read in.</param>
/// <param name="Key">Which keys its lines count for; null where they say it themselves.</param>
/// <param name="Lines">How many lines of it were new.</param>
/// <param name="Entries">As <see cref="LogImport.Entries"/>.</param>
/// <param name="Bytes">The bytes of all entries together.</param>
/// <param name="Refused">How often there was each reason.</param>
/// <param name="BadLines">How many lines had one.</param>
/// <param name="StreamLines">As <see cref="LogImport.StreamLines"/>.</param>
/// <param name="LogBytes">How many bytes it had, unpacked.</param>
/// <param name="KnownBytes">How many of its beginning were known.</param>
public sealed record PastImport(
    DateTimeOffset At, string Format, string? Key, long Lines, long Entries, long Bytes, IReadOnlyDictionary<string, long> Refused, long BadLines, long? StreamLines, long LogBytes, long KnownBytes)
{
    internal static PastImport Of(LogImport import, LogRequest request, DateTimeOffset at) => new(
        at, import.Format.Name, import.Format.HasOwnKeys ? null : request.RuleOf(import.Format).Text, import.Report.Lines, import.Entries, import.Report.Bytes,
        import.Report.Refused.ToDictionary(refused => refused.Reason.Name(), refused => refused.Lines), import.Report.BadLines, import.StreamLines, import.LogBytes, import.KnownBytes);
}
