using StatHub.Storage.Backups;
using StatHub.Storage.Commits;
using StatHub.Storage.Recovery;

namespace StatHub.EndToEnd.Crash;

/// <summary>Kills at every step of a commit, a recovery and a backup. Classes run beside each other.</summary>
public class CommitCrashTests
{
    public static TheoryData<CommitStep> Steps => [.. Enum.GetValues<CommitStep>()];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_kill_at_any_step_of_a_commit_loses_and_doubles_nothing(CommitStep step)
    {
        using var folder = new CrashFolder();
        var random = new Random((int)step);
        foreach (var time in (int[])[1, 2, 3])
        {
            folder.Append(900, random);
            folder.Cut();
            folder.Append(50, random);
            // Journal files are removed once a pass; everything else happens once a batch.
            var (exitCode, output) = await folder.RunAsync("kill", step.ToString(), step == CommitStep.JournalFileRemoved ? "1" : $"{time}");
            exitCode.Should().Be(CrashFolder.Killed, output);
        }
        await folder.DrainAndCompareAsync();
    }

    [Fact]
    public async Task Two_hundred_kills_at_random_moments_lose_and_double_nothing()
    {
        using var folder = new CrashFolder();
        var random = new Random(2026);
        for (var kill = 0; kill < 200; kill++)
        {
            using var ingest = folder.Start("run");
            var delay = random.Next(40, 220);
            for (var slept = 0; slept < delay; slept += 20)
            {
                folder.Append(random.Next(1, 40), random);
                if (random.Next(4) == 0)
                    folder.Cut();
                await Task.Delay(20);
            }
            ingest.Kill();
            await ingest.WaitForExitAsync();
        }
        await folder.DrainAndCompareAsync();
    }

    public static TheoryData<RecoveryStep> RecoverySteps => [.. Enum.GetValues<RecoveryStep>()];

    [Theory]
    [MemberData(nameof(RecoverySteps))]
    public async Task A_kill_at_any_step_of_a_recovery_loses_and_doubles_nothing(RecoveryStep step)
    {
        using var folder = new CrashFolder();
        var random = new Random((int)step);
        foreach (var hasCopy in (bool[])[false, true])
        {
            folder.Append(600, random);
            await folder.RunAsync("drain");
            await folder.RunAsync("compact");
            if (hasCopy)
                (await folder.RunAsync("copy")).Output.Should().Contain("copied: True");
            folder.Append(300, random);
            folder.Cut();
            folder.Append(50, random);
            await folder.RunAsync("drain");
            folder.LoseDatabase(isDamaged: hasCopy);
            var (exitCode, output) = await folder.RunAsync("kill-recovery", step.ToString(), "1");
            exitCode.Should().Be(CrashFolder.Killed, output);
            folder.Append(50, random);
            await folder.DrainAndCompareAsync();
        }
    }

    public static TheoryData<BackupStep> BackupSteps => [.. Enum.GetValues<BackupStep>()];

    [Theory]
    [MemberData(nameof(BackupSteps))]
    public async Task A_kill_at_any_step_of_a_backup_harms_nothing_and_the_next_one_is_whole(BackupStep step)
    {
        using var folder = new CrashFolder();
        var random = new Random((int)step);
        var backups = Path.Combine(folder.Path, "backups");
        // A compacted day and a backup of it, so that the next has a file to share and an old one to remove.
        folder.Append(900, random);
        await folder.RunAsync("drain");
        await folder.RunAsync("compact");
        (await folder.RunAsync("backup")).Output.Should().Contain("backed up ");
        for (var crash = 0; crash < 2; crash++)
        {
            // Something that no backup has yet, and something that is read meanwhile.
            folder.Append(50, random);
            await folder.RunAsync("drain");
            folder.Append(900, random);
            var (exitCode, output) = await folder.RunAsync("kill-backup", step.ToString(), "1");
            exitCode.Should().Be(CrashFolder.Killed, output);
            Directory.GetDirectories(backups).Count(backup => !backup.EndsWith(".tmp", StringComparison.Ordinal)).Should().BePositive("an older one goes when a new one is whole");
            await folder.DrainAndCompareAsync();
            (exitCode, output) = await folder.RunAsync("backup");
            exitCode.Should().Be(0, output);
            var whole = Directory.GetDirectories(backups).Should().ContainSingle().Subject;
            output.Should().Contain($"backed up {whole}");
            var restored = Path.Combine(folder.Path, $"restored{crash}");
            await new StoreRestore(whole, restored, replace: false, TimeProvider.System).RunAsync(_ => { }, CancellationToken.None);
            folder.Compare(restored);
        }
    }
}
