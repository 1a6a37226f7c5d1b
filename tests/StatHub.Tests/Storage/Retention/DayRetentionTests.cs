using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;
using StatHub.Storage.Rebuild;
using StatHub.Storage.Retention;

namespace StatHub.Tests.Storage.Retention;

public sealed class DayRetentionTests : IDisposable
{
    private readonly RetainedFolder _retained = new();

    public void Dispose() => _retained.Dispose();

    private StoreFolder Folder => _retained.Folder;

    [Fact]
    public void A_day_has_its_file_before_its_raw_hits_go()
    {
        _retained.Ingest(11, 5);
        _retained.Ingest(10, 5);
        var seen = new List<(RetentionStep, int Files, int Raw)>();
        Folder.OnRetentionStep = step => seen.Add((step, _retained.Files.Length, Folder.Raw().Length));

        Folder.Store.Retention.Run().Should().Be(1);

        seen.Should().Equal(
            (RetentionStep.FileSynced, 1, 10), (RetentionStep.FileNamed, 1, 10), (RetentionStep.DayForgotten, 1, 10), (RetentionStep.ForgottenCommitted, 1, 5),
            (RetentionStep.OldFileRemoved, 1, 5));
        _retained.Files.Should().Equal($"demo/{_retained.Date(11)}.2.jsonl.gz");
        _retained.Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public void Hits_that_come_while_the_file_is_written_are_in_the_file()
    {
        _retained.Ingest(11, 5);
        var late = 2;
        Folder.OnRetentionStep = step =>
        {
            if (step == RetentionStep.FileNamed && late-- > 0)
                _retained.Ingest(11, 5);
        };

        Folder.Store.Retention.Run().Should().Be(1);

        Folder.Raw().Should().BeEmpty();
        var (header, series) = _retained.Read(_retained.Files.Should().ContainSingle().Subject);
        (header.Batch, header.Hits, series[0].Total.Hits).Should().Be((3, 15, 15));
        _retained.Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public void A_day_that_hits_keep_coming_to_is_left_for_the_next_time()
    {
        _retained.Ingest(11, 5);
        _retained.Ingest(12, 5);
        Folder.OnRetentionStep = step =>
        {
            if (step == RetentionStep.FileNamed && Folder.Raw().Any(line => line.Contains($"\"time\":\"{_retained.Date(12)}")))
                _retained.Ingest(12);
        };

        Folder.Store.Retention.Run().Should().Be(1);
        _retained.Files.Should().ContainSingle().Which.Should().Contain(_retained.Date(11));
        Folder.OnRetentionStep = null;
        Folder.Store.Retention.Run().Should().Be(1);

        _retained.Files.Should().HaveCount(2);
        _retained.Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public void Hits_that_come_later_go_into_a_new_file_that_takes_the_place_of_the_other()
    {
        _retained.Ingest(11, 5);
        Folder.Store.Retention.Run();
        _retained.Ingest(11, 3);
        Folder.Raw().Should().HaveCount(3);
        var both = 0;
        Folder.OnRetentionStep = step => both += step == RetentionStep.ForgottenCommitted ? _retained.Files.Length : 0;

        Folder.Store.Retention.Run().Should().Be(1);

        both.Should().Be(2, "the one before goes when the new one is needed");
        _retained.Files.Should().Equal($"demo/{_retained.Date(11)}.2.jsonl.gz");
        _retained.Read(_retained.Files[0]).Header.Hits.Should().Be(8);
        _retained.Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public void What_a_rebuild_replaces_while_the_file_is_written_is_in_the_file()
    {
        _retained.Ingest(11, 5);
        Folder.Sql("UPDATE day SET hits = 77 WHERE series = (SELECT id FROM series WHERE key LIKE '%1%'); SELECT changes()").Should().Be("1");
        var rebuilds = 0;
        Folder.OnRetentionStep = step =>
        {
            if (step == RetentionStep.FileNamed && rebuilds++ == 0)
                Folder.Store.Rebuild.RunAsync(new RebuildRequest(null, new DayRange(0, long.MaxValue)), _ => { }, CancellationToken.None).IsCompletedSuccessfully.Should().BeTrue();
        };

        Folder.Store.Retention.Run().Should().Be(1);

        rebuilds.Should().Be(2, "the first file is not what the database has");
        _retained.Read(_retained.Files.Single()).Series.Select(one => one.Total.Hits).Should().Equal(5, 1, 1, 1, 1, 1);
    }

    [Theory]
    [InlineData(RetentionStep.FileSynced)]
    [InlineData(RetentionStep.FileNamed)]
    public void An_erase_while_the_file_is_written_leaves_nothing(RetentionStep at)
    {
        _retained.Ingest(11, 5);
        Folder.OnRetentionStep = step =>
        {
            if (step == at)
                Folder.Store.Tenants.Erase(RetainedFolder.Demo).Should().BeTrue();
        };

        Folder.Store.Retention.Run().Should().Be(0);

        _retained.Files.Should().BeEmpty();
        Directory.GetDirectories(_retained.Rollups).Should().BeEmpty();
    }

    [Fact]
    public void Who_keeps_more_meanwhile_keeps_the_raw_hits()
    {
        _retained.Ingest(11, 5);
        Folder.OnRetentionStep = step => _retained.Change(demo => demo with { RetentionDays = null });

        Folder.Store.Retention.Run().Should().Be(0);

        Folder.Raw().Should().HaveCount(5);
        _retained.Files.Should().BeEmpty();
    }

    [Fact]
    public void A_day_whose_sums_cannot_be_read_keeps_its_raw_hits_and_holds_up_no_other()
    {
        _retained.Ingest(12, 5);
        _retained.Ingest(11, 5);
        Folder.Sql($"UPDATE day SET hours = x'09' WHERE day < {_retained.Day(11)} AND series = (SELECT id FROM series WHERE key LIKE '%1%'); SELECT changes()").Should().Be("1");

        Folder.Store.Invoking(store => store.Retention.Run()).Should().Throw<StoreException>().WithMessage($"demo {_retained.Date(12)} keeps its raw hits: *version 9*");

        _retained.Files.Should().ContainSingle().Which.Should().Contain(_retained.Date(11));
        Folder.Raw().Should().HaveCount(5).And.OnlyContain(line => line.Contains($"\"time\":\"{_retained.Date(12)}"));
    }

    [Fact]
    public void Raw_hits_stay_when_their_file_cannot_be_written()
    {
        _retained.Ingest(11, 5);
        File.WriteAllText(_retained.Rollups, "in the way");

        Folder.Store.Invoking(store => store.Retention.Run()).Should().Throw<IOException>();

        Folder.Raw().Should().HaveCount(5);
        File.Delete(_retained.Rollups);
        Folder.Store.Retention.Run().Should().Be(1);
        _retained.Verify().IsClean.Should().BeTrue();
    }
}
