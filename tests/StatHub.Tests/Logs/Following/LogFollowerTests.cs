using StatHub.Storage.Logs.Following;

namespace StatHub.Tests.Logs.Following;

public sealed class LogFollowerTests : IDisposable
{
    private readonly FollowedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_log_that_is_not_there_yet_is_no_mistake()
    {
        _folder.Look();
        _folder.Follower.State.Error.Should().BeNull();

        _folder.Write(3);
        _folder.Look();
        _folder.Counted().Should().Equal(0, 1, 2);
        _folder.Follower.State.Totals.Lines.Should().Be(3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Streams_belong_to_a_client_that_was_read_before_also_after_a_restart(bool isRestarted)
    {
        _folder.WriteText("START CLIENT host [127.0.0.1] (DataLink|agent) @ 2026-02-22 10:00:00 (connected 2026-02-22 09:00:00) TX\nFR_SURF_00_HHZ/MSEED 512 1\n", 1);
        _folder.Look();
        if (isRestarted)
            _folder.Restart();
        _folder.WriteText("G_CAN__BHZ/MSEED 1024 2\nEND CLIENT host [127.0.0.1] total TX bytes: 1536\n", 1);
        _folder.Look();

        _folder.Counted().Should().Equal(512, 1024);
        _folder.Store.Ledger("demo").Should().Equal(new Dictionary<string, long> { ["counted"] = 2 });
        _folder.Store.Hits(key: "ringserver").Should().Be(2);
        _folder.Follower.State.Format.Should().Be("ringserver");
    }

    [Fact]
    public void A_line_is_read_when_its_newline_is_there()
    {
        var line = FollowedFolder.Line(0);
        foreach (var piece in (string[])[line[..40], line[40..], "\n"])
        {
            _folder.Counted().Should().BeEmpty();
            _folder.WriteText(piece, 0);
            _folder.Look();
        }
        _folder.Counted().Should().Equal(0);
    }

    [Fact]
    public void A_renamed_log_is_read_as_long_as_somebody_writes_to_it()
    {
        _folder.Write(2);
        _folder.Look();
        using (var writer = new FileStream(_folder.Log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            _folder.Rotate();
            _folder.Write(1);
            _folder.Look();
            writer.Write(System.Text.Encoding.UTF8.GetBytes(FollowedFolder.Line(3) + "\n"));
            writer.Flush();
            _folder.Look();
            writer.Write(System.Text.Encoding.UTF8.GetBytes(FollowedFolder.Line(4)));
        }
        _folder.Look();
        _folder.Look();

        _folder.Counted().Should().Equal(0, 1, 2, 3, 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Rotated_by_name_and_packed_at_any_moment_and_killed_at_any_step_each_line_counts_once(int seed)
    {
        var random = new Random(seed);
        _folder.Write(1);
        _folder.Look();
        for (var round = 0; round < 120; round++)
        {
            _folder.Write(random.Next(1, 30));
            _folder.Follower.Glance();
            switch (random.Next(6))
            {
                case 0:
                    _folder.Rotate();
                    _folder.Write(random.Next(1, 4), _folder.Rotated(1));
                    break;
                case 1:
                    _folder.Rotate();
                    _folder.Pack(1);
                    break;
                case 2:
                    _folder.Pack(random.Next(1, 4));
                    break;
                case 3:
                    KillAt((FollowStep)random.Next(4));
                    break;
                case 4:
                    _folder.Restart();
                    break;
                default:
                    _folder.Look();
                    break;
            }
        }
        _folder.Write(1);
        _folder.Look();
        _folder.Look();

        _folder.Counted().Should().Equal(Enumerable.Range(0, _folder.Written));
        _folder.Follower.State.Totals.Should().Be(new FollowedTotals(_folder.Written, 0, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_packed_or_renamed_while_it_is_to_be_opened_is_read_later(bool isPacked)
    {
        _folder.Write(3);
        _folder.Look();
        for (var rotation = 0; rotation < 3; rotation++)
        {
            _folder.Rotate();
            Age(_folder.Rotated(1), TimeSpan.FromMinutes(rotation));
            _folder.Write(2);
        }
        Age(_folder.Log, TimeSpan.FromMinutes(3));
        _folder.Follower.OnListed = () =>
        {
            _folder.Follower.OnListed = () => { };
            if (isPacked)
                _folder.Pack(1);
            else
                _folder.Rotate();
        };
        _folder.Look();
        _folder.Look();

        _folder.Counted().Should().Equal(Enumerable.Range(0, _folder.Written));
        _folder.Follower.State.Totals.Should().Be(new FollowedTotals(_folder.Written, 0, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void What_is_packed_while_a_start_looks_for_it_is_waited_for(int unread)
    {
        _folder.Write(3);
        _folder.Look();
        _folder.Write(unread);
        _folder.Rotate();
        _folder.Write(1);
        _folder.Restart();
        _folder.Follower.OnListed = () =>
        {
            _folder.Follower.OnListed = () => { };
            _folder.Pack(1);
        };
        _folder.Look();
        _folder.Look();

        _folder.Counted().Should().Equal(Enumerable.Range(0, _folder.Written));
        _folder.Follower.State.Totals.Should().Be(new FollowedTotals(_folder.Written, 0, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Killed_while_it_catches_up_with_several_files_it_loses_sight_of_none(int commits)
    {
        _folder.Write(3);
        _folder.Look();
        for (var rotation = 1; rotation <= 3; rotation++)
        {
            _folder.Rotate();
            _folder.Write(2);
            Age(_folder.Log, TimeSpan.FromMinutes(rotation));
        }
        _folder.Restart();
        _folder.Store.Store.LogImports.OnFollowStep = step =>
        {
            if (step == FollowStep.Written && commits-- == 0)
                throw new IOException("killed");
        };
        try
        {
            _folder.Look();
        }
        catch (IOException exception) when (exception.Message == "killed")
        {
        }
        _folder.Restart();
        _folder.Look();
        _folder.Look();

        _folder.Counted().Should().Equal(Enumerable.Range(0, _folder.Written));
        _folder.Follower.State.Totals.Should().Be(new FollowedTotals(_folder.Written, 0, 0));
    }

    [Fact]
    public void A_failure_while_files_are_opened_brings_in_no_older_ones()
    {
        File.WriteAllText(_folder.Rotated(9), FollowedFolder.Line(900) + "\n");
        Age(_folder.Rotated(9), TimeSpan.FromDays(-1));
        _folder.Write(2);
        _folder.Look();
        _folder.Rotate();
        _folder.Write(2);
        _folder.Rotate();
        _folder.Write(2);
        // Before anything is in doubt, so that what is open stays open.
        _folder.Store.Store.LogImports.OnFollowStep = step =>
        {
            if (step == FollowStep.Written)
                throw new IOException("failed");
        };
        _folder.Invoking(folder => folder.Look()).Should().Throw<IOException>();
        _folder.Follower.OnListed = () => throw new IOException("failed too");
        _folder.Invoking(folder => folder.Look()).Should().Throw<IOException>();
        _folder.Follower.OnListed = () => { };
        _folder.Store.Store.LogImports.OnFollowStep = _ => { };
        _folder.Look();
        _folder.Look();

        _folder.Counted().Should().Equal(0, 1, 2, 3, 4, 5);
    }

    [Fact]
    public void A_packed_file_that_cannot_be_unpacked_is_passed_over()
    {
        _folder.Write(2);
        _folder.Look();
        File.WriteAllBytes(_folder.Rotated(7) + ".gz", [0x1f, 0x8b, 8, 0, 1, 2, 3]);
        _folder.Write(1);
        _folder.Look();
        _folder.Look();

        _folder.Counted().Should().Equal(0, 1, 2);
        _folder.Follower.State.Error.Should().BeNull();
    }

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

    [Fact]
    public void A_log_of_no_known_format_is_told_and_read_when_it_is_known()
    {
        _folder.WriteText("nonsense\n", 0);
        _folder.Invoking(folder => folder.Look()).Should().Throw<StatHub.Storage.Logs.LogImportException>();
        _folder.Follower.State.Error.Should().Contain("format");

        _folder.Write(3);
        _folder.Look();
        _folder.Follower.State.Error.Should().BeNull();
        _folder.Counted().Should().Equal(0, 1, 2);
        _folder.Store.Ledger("demo")["log_missing_field"].Should().Be(1);
    }

    [Fact]
    public void A_line_longer_than_a_batch_is_one_refused_line_and_takes_no_other_with_it()
    {
        using var folder = new FollowedFolder(batchBytes: 200 * 1024);
        folder.Write(1);
        folder.WriteText(new string('x', 500_000) + "\n", 0);
        folder.Write(1);
        folder.Look();

        folder.Counted().Should().Equal(0, 1);
        folder.Store.Ledger("demo").Should().Equal(new Dictionary<string, long> { ["counted"] = 2, ["log_too_long"] = 1 });
        folder.Store.Store.Ledger.Rejected(StatHub.Core.Journal.RejectReason.LogTooLong, 1).Single().Line.Should().Be(
            $$"""{"tenant":"demo","log":"combined","refused":"too_long","offset":{{FollowedFolder.Line(0).Length + 1}},"path":"{{folder.Log}}"}""");
    }

    /// <summary>As if a file had been written to that much later.</summary>
    private static void Age(string file, TimeSpan by) => File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file) + by);

    private void KillAt(FollowStep step)
    {
        _folder.Store.Store.LogImports.OnFollowStep = reached =>
        {
            if (reached == step)
                throw new IOException("killed");
        };
        try
        {
            _folder.Look();
        }
        catch (IOException exception) when (exception.Message == "killed")
        {
        }
        _folder.Restart();
    }
}
