using System.Text;
using StatHub.Cli.Monitor;

namespace StatHub.Tests.Cli.Monitor;

public sealed class FollowedLogTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly SkippingTime _time = new(new DateTimeOffset(2026, 2, 1, 12, 0, 0, TimeSpan.Zero));

    private string Log => _folder.File("access.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_begins_at_the_end_and_goes_on_with_what_is_added()
    {
        File.WriteAllText(Log, "old\n");
        using var log = new FollowedLog(Log, fromStart: false, _time);

        Read(log).Should().Be("");
        File.AppendAllText(Log, "a\n");
        Read(log).Should().Be("a\n");
        File.AppendAllText(Log, "b\nc");
        log.Behind.Should().Be(3);
        Read(log).Should().Be("b\nc");
        log.Behind.Should().Be(0);
        Encoding.UTF8.GetString(log.Beginning.Span).Should().Be("old\n");
    }

    [Fact]
    public void It_says_when_its_beginning_is_within_a_line()
    {
        File.WriteAllText(Log, "old\nbeg");
        using var log = new FollowedLog(Log, fromStart: false, _time);

        log.Read().Break.Should().Be(LogBreak.WithinLine);
    }

    [Fact]
    public void A_log_that_comes_into_being_later_is_read_from_its_beginning()
    {
        using var log = new FollowedLog(Log, fromStart: false, _time);
        Read(log).Should().Be("");
        log.Remark.Should().Be("is not there yet");

        File.WriteAllText(Log, "first\n");

        Read(log).Should().Be("first\n");
        log.Remark.Should().BeNull();
    }

    [Fact]
    public void A_renamed_log_is_read_to_its_end_before_the_next_one()
    {
        File.WriteAllText(Log, "");
        using var log = new FollowedLog(Log, fromStart: false, _time);
        Read(log).Should().Be("");
        File.AppendAllText(Log, "a\n");
        File.Move(Log, Log + ".1");
        File.WriteAllText(Log, "c\n");
        Read(log).Should().Be("a\n");
        // Its writer has not reopened it yet.
        File.AppendAllText(Log + ".1", "b\n");
        Read(log).Should().Be("b\n");
        Read(log).Should().Be("");

        _time.Pass(TimeSpan.FromSeconds(2));

        var next = log.Read();
        (Encoding.UTF8.GetString(next.Bytes.Span), next.Break).Should().Be(("c\n", LogBreak.NextFile));
        log.Remark.Should().Be("rotated 1×");
    }

    [Fact]
    public void Hundreds_of_rotations_lose_and_double_nothing()
    {
        File.WriteAllText(Log, "");
        using var log = new FollowedLog(Log, fromStart: false, _time);
        Read(log).Should().Be("");
        var (random, read, written) = (new Random(5), new StringBuilder(), new StringBuilder());
        for (var number = 0; number < 3000; number++)
        {
            File.AppendAllText(Log, $"{number}\n");
            written.Append(number).Append('\n');
            if (random.Next(2) == 0)
                read.Append(Read(log));
            if (random.Next(8) != 0)
                continue;
            // As logrotate with compress does: the old one is gone at once.
            File.Move(Log, Log + ".1", overwrite: true);
            File.WriteAllText(Log, "");
            read.Append(Read(log)).Append(Read(log));
            File.Delete(Log + ".1");
            _time.Pass(TimeSpan.FromSeconds(2));
            read.Append(Read(log));
        }
        read.Append(Read(log));

        read.ToString().Should().Be(written.ToString());
        log.Remark.Should().MatchRegex("^rotated [3-4][0-9][0-9]×$");
    }

    [Theory]
    [InlineData("new\n")]
    [InlineData("one that is longer than what was there before\n")]
    public void A_log_that_was_emptied_begins_anew_whatever_its_length_is(string after)
    {
        File.WriteAllText(Log, "");
        using var log = new FollowedLog(Log, fromStart: false, _time);
        Read(log).Should().Be("");
        File.AppendAllText(Log, "before it\n");
        Read(log).Should().Be("before it\n");

        File.WriteAllText(Log, after);

        var next = log.Read();
        (Encoding.UTF8.GetString(next.Bytes.Span), next.Break).Should().Be((after, LogBreak.Truncated));
        log.Remark.Should().Be("truncated 1×");
    }

    private static string Read(FollowedLog log) => Encoding.UTF8.GetString(log.Read().Bytes.Span);
}
