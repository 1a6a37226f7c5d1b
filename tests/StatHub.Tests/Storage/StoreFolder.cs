using System.Diagnostics;
using System.Text;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Dimensions.Referrers;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Verification;
using StatHub.Storage;
using StatHub.Storage.Commits;
using StatHub.Storage.Compaction;
using StatHub.Storage.Logs;
using StatHub.Storage.Rebuild;
using StatHub.Storage.Retention;
using StatHub.Tests.Memory;
using Lines = StatHub.Tests.Journal.Lines;

namespace StatHub.Tests.Storage;

/// <summary>An embedded store in a folder of its own, with a journal that tests write to as nginx does.</summary>
public sealed class StoreFolder : IDisposable
{
    private readonly int _batchBytes;
    private readonly int _thinBatchBytes;
    private readonly int _pendingValues;
    private readonly long _pendingHits;
    private readonly HostSet _spam;

    public StoreFolder(int batchBytes = 16 * 1024 * 1024, bool tenants = true, int pendingValues = 100_000, long pendingHits = long.MaxValue, int? thinBatchBytes = null, params string[] spam)
    {
        (_batchBytes, _thinBatchBytes, _pendingValues, _pendingHits) = (batchBytes, thinBatchBytes ?? batchBytes, pendingValues, pendingHits);
        _spam = new HostSet(spam);
        Path = Directory.CreateTempSubdirectory("stathub store ").FullName;
        Store = Open();
        if (!tenants)
            return;
        foreach (var tenant in (string[])["demo", "other"])
            Register(tenant);
    }

    public string Path { get; }

    /// <summary>Called at each step of a commit.</summary>
    public Action<CommitStep>? OnCommitStep { get; set; }

    /// <summary>Called at each step of a compaction.</summary>
    public Action<CompactionStep>? OnCompactionStep { get; set; }

    /// <summary>Called at each step of a rebuild.</summary>
    public Action<RebuildStep>? OnRebuildStep { get; set; }

    /// <summary>Called at each step of a retention.</summary>
    public Action<RetentionStep>? OnRetentionStep { get; set; }

    /// <summary>How large logs are imported, from the next start.</summary>
    public LogImportSettings LogImports { get; set; } = new();

    /// <summary>The operator's own bots, from the next start.</summary>
    public BotList Bots { get; set; } = BotList.None;

    public ManualTime Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(Lines.Now));

    public Store Store { get; private set; }

    public string Journal => System.IO.Path.Combine(Path, "journal");

    public string Live => System.IO.Path.Combine(Journal, JournalFileName.Live);

    public void Append(string text, string file = JournalFileName.Live) => File.AppendAllText(System.IO.Path.Combine(Journal, file), text);

    public void AppendLines(params string[] lines) => Append(string.Concat(lines.Select(line => line + "\n")));

    /// <summary>Counts lines.</summary>
    public void Ingest(params string[] lines)
    {
        AppendLines(lines);
        Store.Tail.Run(CancellationToken.None);
    }

    /// <summary>Compares everything with the raw hits.</summary>
    public VerifyReport Verify() => Store.Verifier.Verify(null, new DayRange(0, long.MaxValue), _ => { }, CancellationToken.None);

    public void Register(string tenant) =>
        Store.Tenants.TryCreate(new Tenant(TenantId.Parse(tenant), tenant, null, Time.GetUtcNow())).Should().BeTrue();

    /// <summary>Opens the store again.</summary>
    public void Restart() => RestartAfter(() => { });

    /// <summary>Opens it again after something was done while nobody had it open.</summary>
    public void RestartAfter(Action meanwhile)
    {
        Store.Dispose();
        meanwhile();
        Store = Open();
    }

    public long Hits(string tenant = "demo", string? key = null) =>
        Store.Counts.Count(new HitScope(TenantId.Parse(tenant), key is null ? null : HitKey.Parse(key)), MinuteRange.All).Hits;

    public Dictionary<string, long> Ledger(string? tenant = null)
    {
        var totals = Store.Ledger.Totals(MinuteRange.All, tenant is null ? null : TenantId.Parse(tenant));
        var outcomes = totals.Rejected.ToDictionary(one => one.Key.Name(), one => one.Value);
        if (totals.Counted > 0)
            outcomes["counted"] = totals.Counted;
        return outcomes;
    }

    public string[] Raw(string tenant = "demo", string? key = null, MinuteRange? range = null, RawHitPosition? after = null, int linesARead = int.MaxValue)
    {
        using var reader = Store.RawHits.Open(new HitScope(TenantId.Parse(tenant), key is null ? null : HitKey.Parse(key)), range ?? MinuteRange.All, after);
        var text = new StringBuilder();
        for (var block = reader.Read(linesARead); !block.IsEmpty; block = reader.Read(linesARead))
            text.Append(Encoding.UTF8.GetString(block.Span));
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>What a command of the shell prints in the folder.</summary>
    public string Shell(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = Path, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    /// <summary>What the database answers, a line a row, without what StatHub has open.</summary>
    public string Sql(string sql) => Shell($"sqlite3 stathub.db \"{sql}\"").Trim();

    /// <summary>Copies what is in the files now, which is what a kill would leave, to a folder that the caller removes.</summary>
    public string CopyAsKilled()
    {
        var copy = Directory.CreateTempSubdirectory("stathub killed ").FullName;
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("-shm", StringComparison.Ordinal) && System.IO.Path.GetFileName(file) != "lock"))
        {
            var target = System.IO.Path.Combine(copy, System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var to = File.Create(target);
            from.CopyTo(to);
        }
        return copy;
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    private Store Open() => Store.Open(
        new StoreOptions
        {
            DataPath = Path,
            BatchBytes = _batchBytes,
            ThinTenantsBatchBytes = _thinBatchBytes,
            ThinKeysBatchBytes = _thinBatchBytes,
            PendingValues = _pendingValues,
            PendingHits = _pendingHits,
            Spam = _spam,
            Bots = Bots,
            LogImports = LogImports,
            OnCommitStep = step => OnCommitStep?.Invoke(step),
            OnCompactionStep = step => OnCompactionStep?.Invoke(step),
            OnRebuildStep = step => OnRebuildStep?.Invoke(step),
            OnRetentionStep = step => OnRetentionStep?.Invoke(step),
        },
        Time);
}
