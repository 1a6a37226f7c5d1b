using System.Globalization;
using System.IO.Compression;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;
using StatHub.Storage.Sqlite;

namespace StatHub.EndToEnd.Crash;

/// <summary>Kills at every step that brings a database of an earlier version up to date.</summary>
public class MigrationCrashTests
{
    public static TheoryData<int, MigrationStep> Steps
    {
        get
        {
            var steps = new TheoryData<int, MigrationStep>();
            foreach (var step in Enum.GetValues<MigrationStep>())
            {
                steps.Add(1, step);
                steps.Add(6, step);
            }
            return steps;
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_kill_at_any_step_of_a_migration_loses_and_doubles_nothing(int version, MigrationStep step)
    {
        using var killed = new CrashFolder();
        using var whole = new CrashFolder();
        Copy(version, killed.Path);
        Copy(version, whole.Path);
        (await whole.RunAsync("drain")).ExitCode.Should().Be(0);

        var kills = 0;
        // What was committed stays: each run is killed some versions later, until one is not.
        while (true)
        {
            var (exitCode, output) = await killed.RunAsync("kill-migration", step.ToString(), (step == MigrationStep.Committed ? 1 : kills + 1).ToString(CultureInfo.InvariantCulture));
            if (exitCode == 0)
                break;
            exitCode.Should().Be(CrashFolder.Killed, output);
            kills++;
        }

        kills.Should().BeGreaterThan(0);
        Answers(killed.Path).Should().Be(Answers(whole.Path));
    }

    private static string Answers(string folder)
    {
        using var store = Store.Open(new StoreOptions { DataPath = folder }, TimeProvider.System);
        var report = store.Verifier.Verify(null, new DayRange(0, long.MaxValue), _ => { }, CancellationToken.None);
        report.IsClean.Should().BeTrue(string.Join("; ", report.Differences));
        var tenants = store.Tenants.List().OrderBy(tenant => tenant.Id.ToString(), StringComparer.Ordinal);
        return string.Join(
            '\n', tenants.Select(tenant => $"{tenant.Id}: {store.Counts.Count(new HitScope(tenant.Id), MinuteRange.All)}, {store.Ledger.Totals(MinuteRange.All, tenant.Id).Counted} counted"));
    }

    private static void Copy(int version, string folder)
    {
        var kept = Path.Combine(Checkout.Folder, "tests", "testdata", $"data-folder-v{version}");
        Directory.CreateDirectory(Path.Combine(folder, "segments"));
        File.Copy(Path.Combine(kept, "0000000001.jsonl.gz"), Path.Combine(folder, "segments", "0000000001.jsonl.gz"));
        using var packed = new GZipStream(File.OpenRead(Path.Combine(kept, "stathub.db.gz")), CompressionMode.Decompress);
        using var database = File.Create(Path.Combine(folder, "stathub.db"));
        packed.CopyTo(database);
    }
}
