using StatHub.Storage.Compaction;
using StatHub.Storage.Retention;

namespace StatHub.EndToEnd.Crash;

/// <summary>Kills at every step of what makes files of days and lets go of them. Classes run beside each other.</summary>
public class CompactionCrashTests
{
    public static TheoryData<CompactionStep> CompactionSteps => [.. Enum.GetValues<CompactionStep>()];

    [Theory]
    [MemberData(nameof(CompactionSteps))]
    public async Task A_kill_at_any_step_of_a_compaction_loses_and_doubles_nothing(CompactionStep step)
    {
        using var folder = new CrashFolder();
        var random = new Random((int)step);
        // A first compaction, so that the second has a file to replace.
        folder.Append(900, random);
        await folder.RunAsync("drain");
        (await folder.RunAsync("compact")).Output.Should().Contain("compacted 1 days, removed 1 segments, problems: \n");
        for (var crash = 0; crash < 2; crash++)
        {
            folder.Append(900, random);
            await folder.RunAsync("drain");
            var (exitCode, output) = await folder.RunAsync("kill-compaction", step.ToString(), "1");
            exitCode.Should().Be(CrashFolder.Killed, output);
            folder.Append(50, random);
            await folder.DrainAndCompareAsync();
        }
        (await folder.RunAsync("compact")).Output.Should().Contain("problems: \n");
        folder.Compare();
        folder.Segments().Should().OnlyContain(file => file.StartsWith("removed-segments/") || file.StartsWith("demo/")).And.ContainSingle(file => file.StartsWith("demo/"));
    }

    public static TheoryData<RetentionStep> RetentionSteps => [.. Enum.GetValues<RetentionStep>().Where(step => step < RetentionStep.RangeNoted)];

    [Theory]
    [MemberData(nameof(RetentionSteps))]
    public async Task A_kill_at_any_step_of_a_retention_loses_and_doubles_nothing(RetentionStep step)
    {
        using var folder = new CrashFolder();
        var random = new Random((int)step);
        for (var crash = 0; crash < 2; crash++)
        {
            folder.Append(400, random);
            await folder.RunAsync("drain");
            // From the second crash on there is a file before, with what went with the first.
            var (exitCode, output) = await folder.RunAsync("kill-retention", step.ToString(), "1");
            exitCode.Should().Be(CrashFolder.Killed, output);
            folder.Append(50, random);
            await folder.DrainAndCompareSumsAsync();
        }
        (await folder.RunAsync("retain")).Output.Should().Contain("let go of 1 days");
        folder.Segments().Should().NotContain(file => file.StartsWith("demo/"));
        folder.CompareRollupFile();
    }

    public static TheoryData<RetentionStep> LettingGoSteps => [.. Enum.GetValues<RetentionStep>().Where(step => step >= RetentionStep.RangeNoted)];

    [Theory]
    [MemberData(nameof(LettingGoSteps))]
    public async Task A_kill_at_any_step_of_letting_go_of_sums_leaves_what_agrees(RetentionStep step)
    {
        using var folder = new CrashFolder();
        var random = new Random((int)step);
        for (var crash = 0; crash < 2; crash++)
        {
            folder.Append(400, random);
            await folder.RunAsync("drain");
            var (exitCode, output) = await folder.RunAsync("kill-letting-go", step.ToString(), "1");
            exitCode.Should().Be(CrashFolder.Killed, output);
            folder.Append(50, random);
            await folder.DrainAndCompareLedgerAsync();
        }
        (await folder.RunAsync("let-go")).Output.Should().Contain("let go of 1 months");
        await folder.DrainAndCompareLedgerAsync(sums: 0);
        Directory.GetFiles(Path.Combine(folder.Path, "rollups"), "*", SearchOption.AllDirectories).Should().BeEmpty();
    }
}
