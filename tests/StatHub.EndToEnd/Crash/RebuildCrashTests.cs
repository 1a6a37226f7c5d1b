using StatHub.Storage.Compaction;
using StatHub.Storage.Rebuild;

namespace StatHub.EndToEnd.Crash;

/// <summary>Kills at every step of a rebuild. Classes run beside each other.</summary>
public class RebuildCrashTests
{
    // Those of a compaction that a rebuild goes through too, and its own.
    public static TheoryData<string> RebuildSteps =>
    [
        .. Enum.GetValues<CompactionStep>().Where(step => step <= CompactionStep.Switched).Select(step => step.ToString()), .. Enum.GetNames<RebuildStep>(),
    ];

    [Theory]
    [MemberData(nameof(RebuildSteps))]
    public async Task A_kill_at_any_step_of_a_rebuild_loses_and_doubles_nothing(string step)
    {
        using var folder = new CrashFolder();
        var random = new Random(step.Length);
        folder.Append(900, random);
        await folder.RunAsync("drain");
        await folder.RunAsync("compact");
        for (var crash = 0; crash < 2; crash++)
        {
            folder.Append(900, random);
            await folder.RunAsync("drain");
            var (exitCode, output) = await folder.RunAsync("kill-rebuild", step, "1");
            exitCode.Should().Be(CrashFolder.Killed, output);
            folder.Append(50, random);
            await folder.DrainAndCompareAsync();
        }
        (await folder.RunAsync("rebuild")).Output.Should().Contain("problems: \n");
        folder.CompareRebuilt();
    }
}
