using StatHub.Cli.Monitor;
using StatHub.Core.Alerts;
using StatHub.Core.Monitor;
using static StatHub.Tests.Monitor.MonitoredLines;

namespace StatHub.Tests.Cli.Monitor;

public sealed class MonitorRunTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly SkippingTime _time = new(Begin);

    private string Log => _folder.File("access.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_alert_is_told_once_and_is_over_by_the_clock()
    {
        await File.WriteAllTextAsync(Log, Line(-10) + "\n");

        var output = await FollowAsync(TimeSpan.FromSeconds(130), isLive: true, tick =>
        {
            if (tick == 1)
                Append(Line(0), 1201);
        });

        output.Told.Should().Equal(
            "High traffic generated an alert - hits = 1201, triggered at 2026-02-01T12:00:00+00:00",
            "High traffic alert recovered - hits = 0, recovered at 2026-02-01T12:02:00+00:00");
        output.Reports.Should().HaveCount(13, "there is one each ten seconds");
        output.Reports[0].Interval.Hits.Should().Be(1201, "what was there before is not read");
        output.Reports[1].Interval.Hits.Should().Be(0);
        output.Reports[1].Total.Hits.Should().Be(1201);
    }

    [Fact]
    public async Task From_the_start_on_nothing_is_told_of_the_past()
    {
        Append(Line(-1000), 5000);
        Append(Line(-3), 7);

        var output = await FollowAsync(TimeSpan.FromSeconds(11), isLive: false, _ => { });

        output.Told.Should().BeEmpty();
        output.Reports[0].Interval.Hits.Should().Be(5007);
        output.Reports[0].Window.Hits.Should().Be(7);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_ends_no_alert_and_shows_intervals_as_before()
    {
        var output = await FollowAsync(TimeSpan.FromSeconds(60), isLive: true, tick =>
        {
            if (tick == 1)
                Append(Line(0), 1201);
            if (tick == 50)
                _time.Set(Begin.AddHours(-1));
        });

        output.Told.Should().ContainSingle();
        output.Reports.Should().HaveCount(6);
    }

    [Fact]
    public async Task After_a_sleep_what_is_over_is_told_once()
    {
        var output = await FollowAsync(TimeSpan.FromHours(2), isLive: true, tick =>
        {
            if (tick == 1)
                Append(Line(0), 1201);
            if (tick == 20)
                _time.Pass(TimeSpan.FromMinutes(119));
        });

        output.Told.Should().HaveCount(2);
        output.Told[1].Should().StartWith("High traffic alert recovered - hits = 0, recovered at 2026-02-01T13:59:");
    }

    private void Append(string line, int times) => File.AppendAllText(Log, string.Concat(Enumerable.Repeat(line + "\n", times)));

    private async Task<Recorded> FollowAsync(TimeSpan length, bool isLive, Action<int> onTick)
    {
        using var output = new Recorded(_time, length);
        if (!File.Exists(Log))
            await File.WriteAllTextAsync(Log, "");
        var run = new MonitorRun(
            new MonitorSettings { ClientRate = 1_000_000 }, TimeSpan.FromSeconds(10), isLive,
            monitor => [new MonitoredLog(new FollowedLog(Log, !isLive, _time), null, monitor, _time)], _time);
        var tick = 0;
        await run.FollowAsync(output, () => onTick(tick++), CancellationToken.None);
        foreach (var log in run.Logs)
            log.Dispose();
        return output;
    }

    /// <summary>Keeps everything that it is told, for as long as a test wants.</summary>
    private sealed class Recorded(TimeProvider time, TimeSpan length) : IMonitorOutput
    {
        private readonly long _begun = time.GetTimestamp();

        public List<string> Told { get; } = [];

        public List<MonitorState> Reports { get; } = [];

        public Task TellAsync(AlertTransition transition, MonitorState state)
        {
            Told.Add(MonitorText.Message(transition, state.Zone));
            return Task.CompletedTask;
        }

        public Task ReportAsync(MonitorState state)
        {
            Reports.Add(state);
            return Task.CompletedTask;
        }

        public bool Refresh(DateTimeOffset now, Func<MonitorState> state) => time.GetElapsedTime(_begun) < length;

        public void Dispose()
        {
        }
    }
}
