using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Storage;
using StatHub.Storage.Retention;
using StatHub.Storage.Rollups;
using StatHub.Storage.Sqlite;

namespace StatHub.Tests.Storage.Retention;

public sealed class RollupFileTests : IDisposable
{
    private readonly RetainedFolder _retained = new();
    private readonly StoreFolder _other = new();

    public void Dispose()
    {
        _retained.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void A_file_has_all_rows_of_its_day()
    {
        _retained.Ingest(11, 300);
        // Nothing waits in memory then.
        _retained.Folder.Restart();
        var before = _retained.Rows(_retained.Day(11));

        _retained.Folder.Store.Retention.Run();

        var (header, series) = _retained.Read(_retained.Files.Should().ContainSingle().Subject);
        header.Should().Be(new RollupHeader(1, "demo", _retained.Day(11), 1, before.Count, 300));
        series.Select(one => one.Key).Should().Equal("", "key \"0\"", "key \"1\"", "key \"2\"", "key \"3\"", "key \"4\"", "key \"5\"", "key \"6\"");
        series.Zip(before).Should().OnlyContain(pair => pair.First.HasRowsOf(pair.Second) && pair.First.First == pair.Second.First && pair.First.Last == pair.Second.Last);
        series[0].Hours.Should().HaveCountGreaterThan(1).And.Contain(hour => hour.Sketch.Length > 0);
        series[0].Tops.Should().Contain(top => top.Name == new DimensionName(Dimension.Own, "plan"));
        (series[0].Total.Bots, series[0].Visitors).Should().Be((60, 9));
    }

    [Fact]
    public void What_a_file_has_gives_the_same_rows_in_an_empty_database()
    {
        _retained.Ingest(11, 300);
        // Nothing waits in memory then.
        _retained.Folder.Restart();
        var before = _retained.Rows(_retained.Day(11));
        _retained.Folder.Store.Retention.Run();
        var (header, series) = _retained.Read(_retained.Files.Single());

        _other.Store.Dispose();
        using var writer = new Writer(_other.Path, DatabaseFile.Hits);
        writer.Transaction(() => new DayRows(writer.Sql, 1, header.Day).Replace(series)).Should().HaveCount(before.Count);

        var rows = writer.Alone(() => new DayRows(writer.Sql, 1, header.Day).Read().ToList());
        rows.Zip(before).Should().HaveCount(before.Count).And.OnlyContain(pair => pair.First.Key == pair.Second.Key && pair.First.HasRowsOf(pair.Second));
        writer.Alone(() => writer.Sql("SELECT hits FROM series WHERE key = ''").Number()).Should().Be(300);
    }

    [Fact]
    public void A_file_is_lines_that_zcat_and_jq_read()
    {
        _retained.Ingest(11);
        _retained.Folder.Store.Retention.Run();

        _retained.Folder.Shell("zcat rollups/demo/* | head -1").Should().Be($$"""{"version":1,"tenant":"demo","day":{{_retained.Day(11)}},"batch":1,"series":2,"hits":1}""" + "\n");
        _retained.Folder.Shell("zcat rollups/demo/* | wc -l").Trim().Should().Be("3");
    }

    [Fact]
    public void Sums_beyond_64_bits_stay_exact()
    {
        var huge = new Tally(5, 1, new ValueSum(Int128.Parse("-123456789012345678901234567890", null)));
        var path = Path.Combine(_other.Path, "huge.jsonl.gz");
        RollupFile.Write(path, new RollupHeader(1, "demo", 7, 9, 1, 5), [new SeriesDay("", huge, 2, 3, 4, [new SeriesHour(168, huge, [2], 2, [])], [])]);

        var (_, series) = RollupFile.Read(path);
        (series[0].Total, series[0].Hours[0].Total).Should().Be((huge, huge));
    }

    [Fact]
    public void A_file_that_ends_early_is_refused_with_its_name_wherever_it_ends()
    {
        _retained.Ingest(11);
        _retained.Folder.Store.Retention.Run();
        var bytes = File.ReadAllBytes(Path.Combine(_retained.Rollups, _retained.Files.Single()));
        var path = Path.Combine(_other.Path, "cut.jsonl.gz");

        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            FluentActions.Invoking(() => RollupFile.Read(path)).Should().Throw<StoreException>($"it has {length} bytes").WithMessage($"*{path}*damaged*");
        }
    }

    [Fact]
    public void A_damaged_byte_is_refused_or_changes_nothing()
    {
        _retained.Ingest(11);
        _retained.Folder.Store.Retention.Run();
        var whole = _retained.Read(_retained.Files.Single());
        var bytes = File.ReadAllBytes(Path.Combine(_retained.Rollups, _retained.Files.Single()));
        var path = Path.Combine(_other.Path, "damaged.jsonl.gz");

        var refused = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x10;
            File.WriteAllBytes(path, bytes);
            bytes[i] ^= 0x10;
            try
            {
                var (header, series) = RollupFile.Read(path);
                header.Should().Be(whole.Header);
                series.Zip(whole.Series).Should().OnlyContain(pair => pair.First.HasRowsOf(pair.Second));
            }
            catch (StoreException)
            {
                refused++;
            }
        }
        refused.Should().BeGreaterThan(bytes.Length - 10, "only the time, the system and the flags of gzip's header say nothing");
    }

    [Theory]
    [InlineData("{\"version\":2,\"more\":[]}\n", "*version 2*newer*")]
    [InlineData("{\"version\":1,\"tenant\":\"demo\"}\n", "*damaged*")]
    [InlineData("{\"tenant\":\"demo\",\"day\":1,\"batch\":1,\"series\":0,\"hits\":0}\n", "*damaged*")]
    [InlineData("{\"version\":1,\"tenant\":\"demo\",\"day\":1,\"batch\":1,\"series\":1,\"hits\":0}\n", "*damaged*")]
    [InlineData("{\"version\":1,\"tenant\":\"demo\",\"day\":1,\"batch\":1,\"series\":1,\"hits\":0}\nnull\n", "*damaged*")]
    [InlineData("null\n", "*damaged*")]
    [InlineData("", "*damaged*")]
    public void What_is_no_file_of_this_version_is_refused_with_its_name(string text, string says)
    {
        var path = Path.Combine(_other.Path, "strange.jsonl.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));

        FluentActions.Invoking(() => RollupFile.Read(path)).Should().Throw<StoreException>().WithMessage($"*{path}*").WithMessage(says);
    }

    [Fact]
    public void A_file_of_version_1_is_read_for_ever()
    {
        var (header, series) = RollupFile.Read(Kept("2026-01-30.1.jsonl.gz"));

        header.Should().Be(new RollupHeader(1, "demo", 20_483, 1, 3, 4));
        series.Select(one => (one.Key, one.Total, one.Visitors)).Should().Equal(
            ("", new Tally(4, 1, new ValueSum(5_500_000)), 2), ("a", new Tally(1, 0, new ValueSum(2_500_000)), 1), ("home", new Tally(3, 1, new ValueSum(3_000_000)), 1));
        var whole = series[0];
        (whole.First, whole.Last).Should().Be((1_769_774_430_500, 1_769_781_631_000));
        whole.Hours.Select(hour => (hour.Hour, hour.Total.Hits, hour.Visitors)).Should().Equal((491_604, 2, 2), (491_606, 2, 1));
        var minutes = new MinuteSums();
        MinuteBlob.AddTo(whole.Hours[0].Minutes, minutes);
        minutes.Total().Should().Be(whole.Hours[0].Total);
        whole.Tops.Select(top => top.Name.ToString()).Should().Contain(["key", "source", "browser", "d.plan"]);
    }

    private static string Kept(string name, [CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../testdata/rollup-file-v1", name));
}
