using System.IO.Compression;
using System.Text;
using System.Text.Json;
using static StatHub.Tests.Monitor.MonitoredLines;

namespace StatHub.Tests.Cli.Monitor;

public sealed class MonitorCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly CommandLine _stathub;

    public MonitorCommandTests() => _stathub = new CommandLine { Folder = _folder.Path, Time = new SkippingTime(Begin.AddDays(1)) };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1200, 0)]
    [InlineData(1201, 1)]
    public async Task Once_says_by_its_exit_code_whether_something_alerts(int hits, int code)
    {
        Write("a.log", Enumerable.Range(0, hits).Select(number => Line(number % 120, client: $"10.0.0.{number % 100}")));

        (await _stathub.RunAsync("monitor", "--once", "a.log")).Should().Be(code, _stathub.Error);

        _stathub.Lines.Count(line => line == "High traffic generated an alert - hits = 1201, triggered at 2026-02-01T12:01:59+00:00").Should().Be(code);
        _stathub.Output.Should().Contain($"{hits:N0} hits").And.Contain("(as of the newest line)");
    }

    [Fact]
    public async Task Json_has_everything_that_is_known()
    {
        Write("a.log", [Line(0, "/a/b", 503, bytes: 1000, agent: "x\\x1b[31m"), Line(1), "nonsense"]);

        (await _stathub.RunAsync("monitor", "--once", "--json", "--top", "1", "a.log")).Should().Be(1, _stathub.Error);

        var stats = JsonDocument.Parse(_stathub.Output).RootElement;
        stats.GetProperty("type").GetString().Should().Be("stats");
        (stats.GetProperty("hits").GetInt64(), stats.GetProperty("bytes").GetInt64()).Should().Be((2, 1100));
        stats.GetProperty("sections").EnumerateArray().Should().ContainSingle().Which.GetProperty("classes").GetProperty("5xx").GetInt64().Should().Be(1);
        stats.GetProperty("malformed").GetProperty("missing_field").GetInt64().Should().Be(1);
        stats.GetProperty("active")[0].GetProperty("metric").GetString().Should().Be("error_rate");
        _stathub.Output.Should().NotContain("\u001b");
    }

    [Fact]
    public async Task Several_logs_and_packed_ones_are_one_report()
    {
        Write("a.log", [Line(0)]);
        await using (var packed = new GZipStream(File.Create(_folder.File("b.log.gz")), CompressionLevel.Fastest))
            await packed.WriteAsync(Encoding.UTF8.GetBytes(Line(1) + "\n" + Line(2)));

        (await _stathub.RunAsync("monitor", "--once", "b.log.gz", "a.log")).Should().Be(0, _stathub.Error);

        _stathub.Lines[0].Should().StartWith("3 hits");
    }

    [Fact]
    public async Task What_a_client_sent_controls_no_terminal()
    {
        Write("a.log", [Line(0, "/\\x1b]0;owned\\x07/x", agent: "evil\\x1b[2J\\xe2\\x80\\xaecod")]);

        (await _stathub.RunAsync("monitor", "--once", "a.log")).Should().Be(0, _stathub.Error);

        _stathub.Output.Should().NotContain("\u001b").And.NotContain("\u0007").And.NotContain("\u202e").And.Contain("evil\\x1b[2J\\u202ecod");
    }

    [Theory]
    [InlineData("does not exist", "monitor", "--once", "gone.log")]
    [InlineData("not recognised", "monitor", "--once", "odd.log")]
    [InlineData("folder", "monitor", "--once", ".")]
    [InlineData("--interval", "monitor", "--interval", "0")]
    [InlineData("--window", "monitor", "--window", "1d1", "odd.log")]
    [InlineData("whole number of buckets", "monitor", "--window", "10", "--bucket", "3", "odd.log")]
    [InlineData("at most 10000 buckets", "monitor", "--window", "12h", "odd.log")]
    [InlineData("--top", "monitor", "--top", "0")]
    [InlineData("--error-rate", "monitor", "--error-rate", "1.5")]
    [InlineData("--threshold", "monitor", "--threshold", "-1")]
    [InlineData("--format", "monitor", "--format", "nothing")]
    [InlineData("has something in it", "monitor", "--simulate", "odd.log")]
    [InlineData("one file", "monitor", "--simulate", "-")]
    [InlineData("once", "monitor", "--once", "-", "-")]
    public async Task A_mistake_is_told_with_the_exit_code_2(string word, params string[] arguments)
    {
        Write("odd.log", ["hello"]);

        (await _stathub.RunAsync(arguments)).Should().Be(2, _stathub.Output);

        _stathub.Error.Should().Contain(word);
    }

    [Fact]
    public async Task Simulated_traffic_is_seen_and_is_no_more_than_twenty_lines_a_second()
    {
        var time = new SkippingTime(Begin);
        using var ending = new CancellationTokenSource();
        var stathub = new CommandLine { Folder = _folder.Path, Time = new EndingTime(time, Begin.AddMinutes(2), ending) };

        (await stathub.RunAsync(["monitor", "--simulate", "--json", "sim.log"], ending.Token)).Should().Be(130, stathub.Error);

        var lines = File.ReadAllLines(_folder.File("sim.log"));
        lines.Length.Should().BeInRange(100, 20 * 121);
        var stats = stathub.Lines.Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.GetProperty("type").GetString() == "stats").ToList();
        stats.Sum(one => one.GetProperty("hits").GetInt64()).Should().BeInRange(lines.Length - 250, lines.Length, "the last interval is not over");
        stats.Should().OnlyContain(one => one.GetProperty("malformed").EnumerateObject().Count() == 0 && one.GetProperty("future").GetInt64() == 0 && one.GetProperty("late").GetInt64() == 0);
    }

    private void Write(string name, IEnumerable<string> lines) => File.WriteAllLines(_folder.File(name), lines);

    /// <summary>A clock that ends something at an instant.</summary>
    private sealed class EndingTime(SkippingTime time, DateTimeOffset end, CancellationTokenSource ending) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (time.GetUtcNow() >= end)
                ending.Cancel();
            return time.CreateTimer(callback, state, dueTime, period);
        }
    }
}
