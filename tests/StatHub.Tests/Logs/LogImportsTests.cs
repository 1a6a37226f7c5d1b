using System.IO.Compression;
using System.Text;
using StatHub.Core.Logs;
using StatHub.Core.Tenants;
using StatHub.Storage.Backups;
using StatHub.Storage.Logs;
using StatHub.Tests.Storage;

namespace StatHub.Tests.Logs;

public sealed class LogImportsTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");

    // Some parts of two blocks.
    private const int PartLines = 120_000;

    private readonly StoreFolder _folder = new();

    public LogImportsTests() => _folder.Time.Now = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public void Dispose() => _folder.Dispose();

    private string Spool => Path.Combine(_folder.Path, "spool");

    [Fact]
    public async Task Lines_are_hits_and_those_that_cannot_be_read_are_in_the_ledger()
    {
        var import = await ImportAsync(Log(0, 100) + "nonsense\n" + Line(7, status: 404) + "\n");

        (import.Format.Name, import.Report.Lines, import.Report.Entries, import.KnownBytes).Should().Be(("combined", 102, 101, 0));
        Ingest();
        _folder.Ledger("demo").Should().Equal(new Dictionary<string, long> { ["counted"] = 101, ["log_missing_field"] = 1 });
        _folder.Hits(key: "pages").Should().Be(101);
        Directory.GetFiles(Spool).Should().BeEmpty();
    }

    [Fact]
    public async Task Journal_lines_of_elsewhere_count_for_their_own_keys_as_pixels_do()
    {
        const string line = """{"tenant":"demo","key":"home","msec":1790000000.123,"status":200,"args":"tv=2.5","remote_addr":"203.0.113.7"}""";
        var log = Stream($"{line}\n{line.Replace("demo", "other")}\n{line.Replace(":200", ":404")}\n");
        var import = await _folder.Store.LogImports.ImportAsync(Demo, new LogRequest(null, null), log, CancellationToken.None);

        (import.Format.Name, import.Report.Entries).Should().Be(("stathub", 2));
        import.Report.Refused.Should().Equal((LogReason.OtherTenant, 1));
        Ingest();
        _folder.Ledger("demo").Should().Equal(new Dictionary<string, long> { ["counted"] = 1, ["log_other_tenant"] = 1, ["status"] = 1 });
        _folder.Hits(key: "home").Should().Be(1);
    }

    [Fact]
    public async Task The_same_content_counts_once_whatever_it_is_called_and_packed_or_not()
    {
        await ImportAsync(Log(0, 500));

        var again = await ImportAsync(Log(0, 500));
        var packed = await ImportAsync(Gzip(Log(0, 500)));

        (again.Report.Lines, again.KnownBytes, again.LogBytes).Should().Be((0, Log(0, 500).Length, Log(0, 500).Length));
        packed.Report.Lines.Should().Be(0);
        Ingest();
        _folder.Hits().Should().Be(500);
    }

    [Fact]
    public async Task A_log_that_has_grown_goes_on_where_it_ended()
    {
        // Cut anywhere, also within a line and below the first kilobyte.
        var log = Log(0, 300);
        foreach (var length in (int[])[150, 700, 5_000, 5_001, 20_000, log.Length])
        {
            await ImportAsync(log[..length]);
            _folder.Restart();
        }

        Ingest();
        _folder.Ledger("demo").Values.Sum().Should().Be(300);
    }

    [Fact]
    public async Task A_last_line_without_a_newline_counts_once_when_the_log_grows()
    {
        await ImportAsync(Log(0, 3).TrimEnd('\n'));
        var grown = await ImportAsync(Log(0, 5));

        (grown.Report.Lines, grown.Report.Entries).Should().Be((2, 2));
        Ingest();
        _folder.Ledger("demo").Should().Equal(new Dictionary<string, long> { ["counted"] = 5 });
    }

    [Fact]
    public async Task Logs_that_only_begin_alike_are_others()
    {
        await ImportAsync(Log(0, 100) + Line(1) + "\n");
        var other = await ImportAsync(Log(0, 100) + Line(2) + "\n");

        other.KnownBytes.Should().Be(0);
        other.Report.Lines.Should().Be(101);
        foreach (var last in (int[])[1, 2])
            (await ImportAsync(Log(0, 100) + Line(last) + "\n")).Report.Lines.Should().Be(0, "both are known, as long as they are");
    }

    [Fact]
    public async Task What_another_tenant_imported_is_not_known()
    {
        await ImportAsync(Log(0, 10));

        (await ImportAsync(Log(0, 10), tenant: "other")).Report.Entries.Should().Be(10);
    }

    [Fact]
    public async Task Who_is_registered_again_after_an_erase_imports_anew()
    {
        await ImportAsync(Log(0, 10));
        _folder.Store.Tenants.Erase(Demo);
        _folder.Register("demo");

        _folder.Store.LogImports.Reports(Demo, 10).Should().BeEmpty();
        (await ImportAsync(Log(0, 10))).Report.Entries.Should().Be(10);
        _folder.Store.LogImports.Reports(Demo, 10).Should().ContainSingle().Which.Lines.Should().Be(10);
    }

    [Fact]
    public async Task What_was_imported_before_there_were_reports_is_known()
    {
        await ImportAsync(Log(0, 10));
        _folder.RestartAfter(() => Sql("DROP TABLE report; PRAGMA user_version = 2"));

        (await ImportAsync(Log(0, 20))).Report.Entries.Should().Be(10);
        _folder.Store.LogImports.Reports(Demo, 10).Should().ContainSingle().Which.KnownBytes.Should().Be(Log(0, 10).Length);
    }

    [Fact]
    public void The_latest_thousand_reports_are_kept_of_a_tenant()
    {
        using var table = new ImportTable(Directory.CreateDirectory(Path.Combine(_folder.Path, "reports")).FullName);
        var reports = new ReportTable(table.Writer);
        for (var number = 1; number <= 1_005; number++)
            reports.Add(number % 201 == 0 ? TenantId.Parse("other") : Demo, new PastImport(_folder.Time.Now, "caddy", null, number, 1, 2, new Dictionary<string, long> { ["bad_time"] = 3, ["bad_json"] = 4 }, 7, null, 8, 9));

        reports.List(TenantId.Parse("other"), 100).Select(report => report.Lines).Should().Equal(1005, 804, 603, 402, 201);
        reports.Add(Demo, new PastImport(_folder.Time.Now, "ringserver", "ringserver", 1_006, 1, 2, new Dictionary<string, long>(), 0, 5, 8, 9));
        var kept = reports.List(Demo, 2_000);
        kept.Should().HaveCount(ReportTable.MostReports);
        (kept[0].StreamLines, kept[0].Key, kept[^1].Lines).Should().Be((5, "ringserver", 2));
        kept[1].Refused.Should().Equal(new Dictionary<string, long> { ["bad_time"] = 3, ["bad_json"] = 4 });
    }

    [Fact]
    public async Task Wherever_it_is_killed_each_line_is_in_the_journal_once_or_not_at_all()
    {
        var log = Log(0, 50);
        await ImportAsync(log);
        // As if killed after it was noted and before it was moved: the file is still in the spool.
        var moved = Directory.GetFiles(_folder.Journal, "logs-*").Single();
        var content = File.ReadAllBytes(moved);
        _folder.RestartAfter(() =>
        {
            File.Delete(moved);
            File.WriteAllBytes(Path.Combine(Spool, "part"), content);
            File.WriteAllBytes(Path.Combine(Spool, "not noted"), content);
            Sql("UPDATE import SET part = 'part'");
        });

        Directory.GetFiles(Spool).Should().BeEmpty();
        (await ImportAsync(log)).Report.Lines.Should().Be(0);
        Ingest();
        _folder.Hits().Should().Be(50);
        // And after it was moved, before that was noted.
        _folder.RestartAfter(() => Sql("UPDATE import SET part = 'part'"));
        Ingest();
        _folder.Hits().Should().Be(50);
        Sql("SELECT count(*) FROM import WHERE part IS NULL").Should().Be("1\n");
    }

    [Fact]
    public async Task An_import_that_breaks_off_leaves_nothing()
    {
        var broken = () => ImportAsync(new BreakingStream(Encoding.UTF8.GetBytes(Log(0, 20_000))));
        await broken.Should().ThrowAsync<IOException>();

        Directory.GetFiles(Spool).Should().BeEmpty();
        (await ImportAsync(Log(0, 20_000))).Report.Entries.Should().Be(20_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_large_import_goes_on_behind_the_last_part_that_is_in_the_journal(int seed)
    {
        TakeParts(new LogImportSettings { PartBytes = 100_000, Patience = TimeSpan.Zero });
        var log = Log(0, PartLines);
        var bytes = Encoding.UTF8.GetBytes(log);
        var random = new Random(seed);
        var known = 0L;
        for (var end = 0; end < bytes.Length;)
        {
            // Broken off, and killed: what is not noted in the spool is removed by the start.
            end = Math.Min(bytes.Length, end + random.Next(4_000_000));
            var broken = () => ImportAsync(new BreakingStream(bytes[..end]));
            await broken.Should().ThrowAsync<IOException>();
            _folder.RestartAfter(() => File.WriteAllText(Path.Combine(Spool, "half"), log[..1000]));
            Directory.GetFiles(Spool).Should().BeEmpty();
            if (random.Next(2) == 0)
                Ingest();
            var parts = KnownBytes();
            parts.Should().OnlyHaveUniqueItems();
            parts.Select(length => log[(int)length - 1]).Should().AllBeEquivalentTo('\n', "a part ends with a line");
            parts.LastOrDefault().Should().BeGreaterThanOrEqualTo(known);
            known = parts.LastOrDefault();
        }

        known.Should().BeGreaterThan(bytes.Length / 2);
        var last = await ImportAsync(log);
        (last.KnownBytes, last.LogBytes).Should().Be((known, bytes.Length));
        (await ImportAsync(log)).Report.Lines.Should().Be(0);
        Ingest();
        _folder.Ledger("demo").Should().Equal(new Dictionary<string, long> { ["counted"] = PartLines });
        _folder.Raw().Select(NumberOf).Order().Should().Equal(Enumerable.Range(0, PartLines));
    }

    [Fact]
    public async Task A_large_import_waits_while_enough_of_logs_is_in_the_journal()
    {
        var parts = 0;
        TakeParts(new LogImportSettings { PartBytes = 100_000, Patience = TimeSpan.FromHours(1), OnPart = () => Interlocked.Increment(ref parts) });
        var most = 0;
        var import = ImportAsync(Log(0, PartLines));
        while (!import.IsCompleted)
        {
            most = Math.Max(most, Directory.GetFiles(_folder.Journal, "logs-*").Length);
            if (most > 0)
                Ingest();
            await Task.Delay(1);
        }

        (await import).Report.Entries.Should().Be(PartLines);
        KnownBytes().Should().HaveCountGreaterThan(3).And.HaveCount(parts, "the ingest is told of each");
        most.Should().BeLessThanOrEqualTo(2, "a part is more than may wait, and the last one is no part");
        Ingest();
        _folder.Hits().Should().Be(PartLines);
    }

    [Fact]
    public async Task The_first_parts_are_small_so_that_the_ingest_begins_at_once()
    {
        const int mebibyte = 1024 * 1024;
        TakeParts(new LogImportSettings { PartBytes = 16 * mebibyte });
        await ImportAsync(Log(0, PartLines));

        var parts = Directory.GetFiles(_folder.Journal, "logs-*").Select(file => new FileInfo(file).Length / mebibyte);
        parts.Should().Contain(length => length >= 4 && length < 8).And.Contain(length => length >= 8 && length < 16);
    }

    [Fact]
    public void A_log_that_is_longer_takes_no_more_memory()
    {
        var block = Encoding.UTF8.GetBytes(Log(0, 8_000));
        var shorter = AllocatedBy(new RepeatedStream(block, 8));
        var longer = AllocatedBy(new RepeatedStream(block, 64));

        (longer - shorter).Should().BeLessThan(block.Length, "56 blocks more went through");
        Ingest();
        _folder.Hits().Should().Be(64 * 8_000);
    }

    [Fact]
    public async Task A_bomb_is_refused_before_it_hurts()
    {
        var bomb = () => ImportAsync(Gzip(Log(0, 10) + new string('\n', 50_000_000)));

        (await bomb.Should().ThrowAsync<LogImportException>()).Which.Fault.Should().Be(LogImportFault.Bomb);
        Directory.GetFiles(Spool).Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_no_log_is_refused()
    {
        foreach (var text in (string[])["hello\n", "\u001f\u008bno gzip at all"])
        {
            var none = () => ImportAsync(new MemoryStream(Encoding.Latin1.GetBytes(text)));
            (await none.Should().ThrowAsync<LogImportException>()).Which.Fault.Should().Be(LogImportFault.BadLog);
        }
    }

    [Fact]
    public async Task An_empty_log_is_one_without_lines()
    {
        (await ImportAsync("")).Report.Lines.Should().Be(0);
        (await ImportAsync(Gzip(""))).Report.Lines.Should().Be(0);
        (await ImportAsync(Log(0, 3))).Report.Lines.Should().Be(3);
    }

    [Fact]
    public async Task A_backup_knows_what_was_imported()
    {
        await ImportAsync(Log(0, 10));
        Ingest();
        await ImportAsync(Log(100, 10));
        Sql("UPDATE import SET part = 'under way' WHERE id = 2");
        var target = Directory.CreateTempSubdirectory("stathub target ").FullName;
        using var backups = _folder.Store.CreateBackups(new BackupSettings { Folder = Path.Combine(_folder.Path, "backups"), Keep = 3 });
        var backup = (await backups.MakeAsync(_ => { }, CancellationToken.None)).Path;
        await new StoreRestore(backup, target, replace: false, _folder.Time).RunAsync(_ => { }, CancellationToken.None);

        using (var store = StatHub.Storage.Store.Open(new StatHub.Storage.StoreOptions { DataPath = target }, _folder.Time))
        {
            (await store.LogImports.ImportAsync(Demo, Request, Stream(Log(0, 10)), CancellationToken.None)).Report.Lines.Should().Be(0);
            (await store.LogImports.ImportAsync(Demo, Request, Stream(Log(100, 10)), CancellationToken.None)).Report.Lines.Should().Be(10, "the backup has not got it");
        }
        Directory.Delete(target, recursive: true);
    }

    private static LogRequest Request => KeyRule.TryParse(KeyRule.Usual, out var rule, out _) ? new LogRequest(null, rule) : throw new InvalidOperationException();

    private static string Log(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(number => Line(number) + "\n"));

    private static string Line(int number, int status = 200) =>
        $"203.0.113.{number % 250} - - [22/Nov/2026:10:{number / 60 % 60:00}:{number % 60:00} +0000] \"GET /pages/{number} HTTP/1.1\" {status} {number} \"-\" \"Mozilla/5.0\"";

    private static MemoryStream Stream(string log) => new(Encoding.UTF8.GetBytes(log));

    private static MemoryStream Gzip(string log)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(log));
        packed.Position = 0;
        return packed;
    }

    private Task<LogImport> ImportAsync(string log, string tenant = "demo") => ImportAsync(Stream(log), tenant);

    private Task<LogImport> ImportAsync(Stream log, string tenant = "demo") =>
        _folder.Store.LogImports.ImportAsync(TenantId.Parse(tenant), Request, log, CancellationToken.None);

    private void TakeParts(LogImportSettings settings)
    {
        _folder.LogImports = settings;
        _folder.Restart();
    }

    /// <summary>The lengths of the beginnings that are known, the shortest first.</summary>
    private long[] KnownBytes() =>
        [.. Sql("SELECT bytes FROM import ORDER BY bytes").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => long.Parse(line, System.Globalization.CultureInfo.InvariantCulture))];

    private static int NumberOf(string hit)
    {
        const string before = "\"tv\":";
        var from = hit.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return int.Parse(hit[from..hit.IndexOf(',', from)], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>How many bytes an import allocates. Nothing in it waits, so that one thread does all of it.</summary>
    private long AllocatedBy(Stream log)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var import = ImportAsync(log);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        import.IsCompletedSuccessfully.Should().BeTrue();
        return allocated;
    }

    private void Ingest() => _folder.Store.Tail.Run(CancellationToken.None);

    private string Sql(string sql) => _folder.Shell($"sqlite3 logs.db \"{sql}\"");

    /// <summary>The same bytes some times over.</summary>
    private sealed class RepeatedStream(byte[] bytes, int times) : MemoryStream
    {
        private long _at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var from = (int)(_at % bytes.Length);
            var length = _at == (long)bytes.Length * times ? 0 : Math.Min(buffer.Length, bytes.Length - from);
            bytes.AsMemory(from, length).CopyTo(buffer);
            _at += length;
            return ValueTask.FromResult(length);
        }
    }

    /// <summary>Breaks off at its end.</summary>
    private sealed class BreakingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("The connection was closed");
    }
}
