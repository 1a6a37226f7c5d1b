using StatHub.Cli.Traffic;
using StatHub.Tests.Monitor;

namespace StatHub.Tests.Cli.Monitor;

public sealed class SimulatedTrafficTests
{
    [Fact]
    public void What_others_write_to_the_log_stays()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var time = new Seconds();
        var written = 0;
        using (var traffic = new SimulatedTraffic(path, time, seed: 1))
        {
            for (var second = 0; second < 120; second++)
            {
                time.Passed++;
                traffic.Write();
                File.AppendAllText(path, $"mine {written++}\n");
            }
        }
        var lines = File.ReadAllLines(path);
        File.Delete(path);

        lines.Where(line => line.StartsWith("mine ", StringComparison.Ordinal)).Should().Equal(Enumerable.Range(0, written).Select(number => $"mine {number}"));
        lines.Should().HaveCountGreaterThan(2 * written);
        lines.Should().OnlyContain(line => line.StartsWith("mine ", StringComparison.Ordinal) || line.Contains(" HTTP/", StringComparison.Ordinal));
    }

    /// <summary>A clock that goes on by whole seconds.</summary>
    private sealed class Seconds : TimeProvider
    {
        public int Passed { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Passed;

        public override DateTimeOffset GetUtcNow() => MonitoredLines.Begin.AddSeconds(Passed);
    }
}
