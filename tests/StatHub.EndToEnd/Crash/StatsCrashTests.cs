using System.Diagnostics;
using System.Globalization;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Storage;
using StatHub.Storage.Stats;

namespace StatHub.EndToEnd.Crash;

public class StatsCrashTests
{
    public static TheoryData<StatsStep> Steps => [.. Enum.GetValues<StatsStep>()];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_kill_at_any_step_loses_no_acknowledged_report_and_applies_none_twice(StatsStep step)
    {
        using var folder = new CrashFolder();
        // Sixteen ids wait for an answer each: by then some of them had one.
        foreach (var time in (int[])[20, 25, 35])
        {
            using var reporter = folder.Start("kill-stats", step.ToString(), $"{time}");
            Compare(folder.Path, await AcknowledgedAsync(reporter, reports: int.MaxValue));
        }
    }

    [Fact]
    public async Task Kills_at_random_moments_lose_no_acknowledged_report_and_apply_none_twice()
    {
        using var folder = new CrashFolder();
        var random = new Random(2026);
        for (var kill = 0; kill < 20; kill++)
        {
            var acknowledged = await ReportAndKillAsync(folder, random.Next(1, 400));
            Compare(folder.Path, acknowledged);
        }
    }

    /// <summary>Reports until so many were acknowledged, then kills; the number of the last acknowledged report of each id.</summary>
    private static async Task<Dictionary<string, long>> ReportAndKillAsync(CrashFolder folder, int reports)
    {
        using var reporter = folder.Start("stats");
        return await AcknowledgedAsync(reporter, reports);
    }

    private static async Task<Dictionary<string, long>> AcknowledgedAsync(Process reporter, int reports)
    {
        var errors = reporter.StandardError.ReadToEndAsync();
        var acknowledged = new Dictionary<string, long>();
        for (var number = 0; await reporter.StandardOutput.ReadLineAsync() is { } line; number++)
        {
            if (number == reports)
                reporter.Kill();
            // The kill may cut a line.
            if (line.Split(' ') is [var id, var last, "acknowledged"])
                acknowledged[id] = long.Parse(last, CultureInfo.InvariantCulture);
        }
        await reporter.WaitForExitAsync();
        acknowledged.Should().NotBeEmpty(await errors);
        return acknowledged;
    }

    private static void Compare(string dataPath, Dictionary<string, long> acknowledged)
    {
        using var store = Store.Open(new StoreOptions { DataPath = dataPath }, TimeProvider.System);
        var report = store.Stats.Read(TenantId.Parse("demo"), dim: null);
        foreach (var (id, last) in acknowledged)
            ((long)report.Dims["id"][id].Counters["reports"]).Should().BeInRange(last, last + 1, "one more may have been under way");
        foreach (var values in report.Dims.Values)
        {
            foreach (var stats in values.Values)
            {
                stats.Counters["number"].Should().Be(stats.Counters["reports"], "a report is applied whole");
                stats.Gauges["members"].Should().Be(stats.Counters["reports"], "and once");
            }
        }
        report.Dims["half"][StatUpdateBuilder.Total].Counters.Should().Equal(report.Dims["id"][StatUpdateBuilder.Total].Counters);
    }
}
