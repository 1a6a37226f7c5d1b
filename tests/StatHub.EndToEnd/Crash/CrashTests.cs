using StatHub.Storage.Commits;

namespace StatHub.EndToEnd.Crash;

public class CrashTests
{
    // 128 + SIGKILL, as .NET reports it.
    private const int Killed = 137;

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
            exitCode.Should().Be(Killed, output);
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
}
