using StatHub.Storage.Logs.Following;

namespace StatHub.Tests.Logs.Following;

/// <summary>Files of a followed log that are renamed, packed, and come back to after a kill.</summary>
public sealed class LogRotationTests : IDisposable
{
    private readonly FollowedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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
    [InlineData("access.log.bak")]
    [InlineData("old-access")]
    public void A_log_that_was_read_in_part_is_known_whatever_it_is_called_after_a_restart(string name)
    {
        _folder.Write(2);
        _folder.Look();
        _folder.Write(3);
        File.Move(_folder.Log, Path.Combine(Path.GetDirectoryName(_folder.Log)!, name));
        _folder.Write(1);
        _folder.Restart();
        _folder.Look();

        _folder.Counted().Should().Equal(0, 1, 2, 3, 4, 5);
        _folder.Follower.State.Totals.Truncations.Should().Be(0);
    }

    [Theory]
    [InlineData("access.log.errors")]
    [InlineData("access-blog.log")]
    [InlineData("access-2.log")]
    [InlineData("access-2-20261122.log")]
    [InlineData("access.log.1.xz")]
    public void What_is_beside_the_log_and_no_rotated_file_of_it_does_not_count(string name)
    {
        var beside = Path.Combine(Path.GetDirectoryName(_folder.Log)!, name);
        File.WriteAllText(beside, FollowedFolder.Line(100) + "\n");
        _folder.Write(2);
        _folder.Look();
        File.AppendAllText(beside, FollowedFolder.Line(101) + "\n");
        _folder.Restart();
        _folder.Look();

        _folder.Counted().Should().Equal(0, 1);
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
                    var killed = (FollowStep)random.Next(4);
                    KillWhen(step => step == killed);
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

        AssertEachLineCountsOnce();
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

        AssertEachLineCountsOnce();
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

        AssertEachLineCountsOnce();
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
        KillWhen(step => step == FollowStep.Written && commits-- == 0);
        _folder.Look();
        _folder.Look();

        AssertEachLineCountsOnce();
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

    private void AssertEachLineCountsOnce()
    {
        _folder.Counted().Should().Equal(Enumerable.Range(0, _folder.Written));
        _folder.Follower.State.Totals.Should().Be(new FollowedTotals(_folder.Written, 0, 0));
    }

    /// <summary>As if a file had been written to that much later.</summary>
    private static void Age(string file, TimeSpan by) => File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file) + by);

    /// <summary>Looks until a step is reached, and starts again.</summary>
    private void KillWhen(Func<FollowStep, bool> isReached)
    {
        _folder.Store.Store.LogImports.OnFollowStep = step =>
        {
            if (isReached(step))
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
