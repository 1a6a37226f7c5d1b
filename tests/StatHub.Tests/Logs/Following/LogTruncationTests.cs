using StatHub.Storage.Logs.Following;

namespace StatHub.Tests.Logs.Following;

/// <summary>Files of a followed log that are cut short, deleted or made anew.</summary>
public sealed class LogTruncationTests : IDisposable
{
    private readonly FollowedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Cut_short_deleted_or_made_anew_no_line_counts_twice_and_what_went_unread_is_told(int seed)
    {
        var random = new Random(seed);
        var countedBytes = 0L;
        for (var round = 0; round < 100; round++)
        {
            var before = _folder.Written;
            _folder.Write(random.Next(1, 30));
            countedBytes += Enumerable.Range(before, _folder.Written - before).Sum(number => FollowedFolder.Line(number).Length + 1);
            // What has no newline yet goes unread.
            _folder.WriteText("203.0.113.1 - - [half", 0);
            _folder.Look();
            switch (random.Next(3))
            {
                case 0:
                    File.WriteAllText(_folder.Log, "");
                    break;
                case 1:
                    File.Copy(_folder.Log, _folder.Rotated(1), overwrite: true);
                    File.WriteAllText(_folder.Log, "");
                    break;
                default:
                    _folder.Follower.Dispose();
                    File.Delete(_folder.Log);
                    File.WriteAllText(_folder.Log, "");
                    _folder.Restart();
                    break;
            }
            _folder.Look();
        }

        _folder.Counted().Should().Equal(Enumerable.Range(0, _folder.Written));
        var totals = _folder.Follower.State.Totals;
        (countedBytes + totals.TruncatedBytes).Should().Be(_folder.WrittenBytes);
        _folder.Store.Ledger("demo")["truncated"].Should().Be(totals.Truncations).And.Be(100);
    }

    [Fact]
    public void What_is_seen_between_two_looks_and_cut_away_is_told()
    {
        _folder.Write(2);
        _folder.Look();
        _folder.Follower.Glance().Should().BeFalse();
        _folder.Write(3);
        var unread = Enumerable.Range(2, 3).Sum(number => FollowedFolder.Line(number).Length + 1);
        _folder.Follower.Glance().Should().BeFalse();
        _folder.Follower.State.BehindBytes.Should().Be(unread);

        File.WriteAllText(_folder.Log, "");
        _folder.Follower.Glance().Should().BeTrue("it was cut short");
        _folder.Look();

        _folder.Follower.State.Totals.Should().Be(new FollowedTotals(2, 1, unread));
        // Anew, and longer than it was, also before anything of it was read.
        foreach (var lines in (int[])[1, 3, 5])
        {
            File.WriteAllText(_folder.Log, "");
            _folder.Write(lines);
            _folder.Follower.Glance().Should().Be(lines > 1);
            if (lines > 1)
                _folder.Look();
        }
        _folder.Follower.State.Totals.Should().Be(new FollowedTotals(10, 3, unread + FollowedFolder.Line(5).Length + 1));
        File.Delete(_folder.Log);
        _folder.Follower.Glance().Should().BeFalse("nothing has the log's name");
        _folder.Write(1);
        _folder.Follower.Glance().Should().BeTrue("another file has it");
        _folder.Look();
        _folder.Follower.Glance().Should().BeFalse();
        _folder.Counted().Should().Equal(0, 1, 6, 7, 8, 9, 10, 11, 12, 13, 14);
    }

    [Fact]
    public void A_copy_of_what_was_seen_and_not_read_is_read_to_its_end_in_place_of_what_was_cut_away()
    {
        _folder.Write(3);
        _folder.Look();
        File.WriteAllText(_folder.Log, "");
        _folder.Look();
        _folder.Write(2);
        _folder.WriteText("203.0.113.7 - - [22", 0);
        _folder.Follower.Glance().Should().BeFalse();
        File.Copy(_folder.Log, _folder.Rotated(1));
        File.WriteAllText(_folder.Log, "");
        _folder.Write(1);
        _folder.Follower.Glance().Should().BeTrue("it was cut short");
        _folder.Look();
        _folder.Look();

        _folder.Counted().Should().Equal(0, 1, 2, 3, 4, 5);
        _folder.Follower.State.Totals.Should().Be(new FollowedTotals(7, 2, 0), "what the copy ends with is a line");
        _folder.Store.Ledger("demo").Should().Equal(new Dictionary<string, long> { ["counted"] = 6, ["log_bad_time"] = 1, ["truncated"] = 2 });
    }

    [Fact]
    public void A_truncation_is_in_the_ledger_with_its_bytes()
    {
        _folder.Write(2);
        _folder.WriteText("unread", 0);
        _folder.Look();
        File.WriteAllText(_folder.Log, "");
        _folder.Look();

        _folder.Counted().Should().Equal(0, 1);
        _folder.Store.Ledger("demo").Should().Equal(new Dictionary<string, long> { ["counted"] = 2, ["truncated"] = 1 });
        _folder.Store.Store.Ledger.Rejected(StatHub.Core.Journal.RejectReason.Truncated, 1).Single().Line.Should().Contain("\"bytes\":6,");
    }
}
