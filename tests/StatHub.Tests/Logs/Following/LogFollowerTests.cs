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
}
