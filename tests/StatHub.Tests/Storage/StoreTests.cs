using System.Diagnostics;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Tokens;
using StatHub.Storage;
using StatHub.Tests.Journal;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage;

public sealed class StoreTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Another_process_is_refused_while_one_owns_the_folder()
    {
        var open = () => Store.Open(new StoreOptions { DataPath = _folder.Path }, TimeProvider.System);
        open.Should().Throw<StoreException>().WithMessage("*in use by another StatHub*");
    }

    [Fact]
    public void Segments_are_gzip_that_zcat_reads_and_carry_the_identity_of_their_batch()
    {
        _folder.Ingest(Lines.Hit(), "nonsense", Lines.Hit(tenant: "other"));

        _folder.Shell("zcat segments/*.jsonl.gz").Should().MatchRegex("^\\{\"time\":.*\"tenant\":\"demo\".*\n\\{\"time\":.*\"tenant\":\"other\".*\n$");
        var bytes = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Directory.GetFiles(Path.Combine(_folder.Path, "segments")).Single()));
        bytes.Should().Contain("\"batch\":1").And.Contain("\"name\":\"hits.log\"").And.Contain("{\"outcome\":\"malformed\",\"lines\":1}")
            .And.Contain("{\"tenant\":\"other\",\"outcome\":\"counted\",\"lines\":1}");
    }

    [Fact]
    public void What_a_segment_holds_beyond_the_catalogue_is_cut_off_at_the_start()
    {
        _folder.Ingest(Lines.Hit());
        var segment = Directory.GetFiles(Path.Combine(_folder.Path, "segments")).Single();
        var length = new FileInfo(segment).Length;
        File.AppendAllText(segment, "half a member");
        File.WriteAllText(Path.Combine(_folder.Path, "segments", "0000000007.jsonl.gz"), "a segment of no commit");
        _folder.Restart();
        new FileInfo(segment).Length.Should().Be(length);
        Directory.GetFiles(Path.Combine(_folder.Path, "segments")).Should().Equal(segment);
        _folder.Ingest(Lines.Hit());
        _folder.Raw().Should().HaveCount(2);
    }

    [Fact]
    public void A_segment_that_lost_bytes_is_refused_with_its_name()
    {
        _folder.Ingest(Lines.Hit());
        var segment = Directory.GetFiles(Path.Combine(_folder.Path, "segments")).Single();
        using (var file = new FileStream(segment, FileMode.Open))
            file.SetLength(10);
        var restart = _folder.Restart;
        restart.Should().Throw<StoreException>().WithMessage("Segment 0000000001.jsonl.gz has 10 bytes*");
        File.Delete(segment);
        _folder.Shell("rm stathub.db*");
        _folder.Restart();
    }

    [Fact]
    public void An_older_database_does_not_cut_off_what_it_does_not_know()
    {
        _folder.Ingest(Lines.Hit());
        _folder.Restart();
        _folder.Shell("cp stathub.db old; cat stathub.db-wal > old-wal 2>/dev/null");
        _folder.Ingest(Lines.Hit());
        _folder.Ingest(Lines.Hit());
        _folder.Store.Dispose();
        _folder.Shell("mkdir kept; mv stathub.db* kept; cp old stathub.db; cp old-wal stathub.db-wal");
        var restart = _folder.Restart;
        restart.Should().Throw<StoreException>().WithMessage("0000000002.jsonl.gz holds batches after number 1*");
        _folder.Shell("rm stathub.db*; mv kept/* .");
        _folder.Restart();
        _folder.Raw().Should().HaveCount(3);
    }

    [Fact]
    public void A_start_that_fails_leaves_no_file_open()
    {
        _folder.AppendLines(Lines.Hit());
        _folder.Store.Tail.Run(CancellationToken.None);
        _folder.Store.Dispose();
        using (var file = new FileStream(Path.Combine(_folder.Path, "segments", "0000000001.jsonl.gz"), FileMode.Open))
            file.SetLength(10);

        FluentActions.Invoking(_folder.Restart).Should().Throw<StoreException>();

        _folder.Shell($"ls -l /proc/{Environment.ProcessId}/fd 2>/dev/null | grep -F '{_folder.Path}/'").Should().BeEmpty();
    }

    [Fact]
    public void A_database_of_a_newer_version_is_refused()
    {
        _folder.Store.Dispose();
        var version = _folder.Sql("PRAGMA user_version");
        _folder.Sql("PRAGMA user_version = 99").Should().BeEmpty();
        var restart = _folder.Restart;
        restart.Should().Throw<StoreException>().WithMessage("*schema version 99*");
        _folder.Sql($"PRAGMA user_version = {version}");
        _folder.Restart();
    }

    [Fact]
    public void Erasing_a_tenant_overwrites_its_raw_hits_and_leaves_those_of_others()
    {
        _folder.Store.Tokens.Create("t", TenantId.Parse("demo"), TokenScopes.Read, new byte[32]);
        _folder.Ingest([.. Enumerable.Range(0, 200).Select(i => Lines.Hit(key: $"secret{i}")), .. Enumerable.Range(0, 3).Select(_ => Lines.Hit(tenant: "other", key: "kept"))]);
        _folder.Ingest(Lines.Hit(key: "secret/0"), Lines.Hit(tenant: "other", key: "kept/0"));
        _folder.Store.Tenants.Erase(TenantId.Parse("demo")).Should().BeTrue();

        _folder.Store.Ledger.Rejected(null, 10).Should().ContainSingle().Which.Line.Should().Contain("kept/0");
        _folder.Store.Tokens.Find(new byte[32]).Should().BeNull();
        _folder.Hits("other").Should().Be(3);
        _folder.Raw("other").Should().HaveCount(3);
        _folder.Raw("demo").Should().BeEmpty();
        _folder.Shell("zcat segments/*.jsonl.gz | grep -c secret; zcat segments/*.jsonl.gz | grep -c kept; gzip -t segments/*.jsonl.gz").Should().Be("0\n3\n");
        _folder.Ledger().Should().Equal(new Dictionary<string, long> { ["counted"] = 203, ["bad_key"] = 2 });
        _folder.Store.Tenants.Find(TenantId.Parse("demo")).Should().BeNull();
        _folder.Store.Tenants.Erase(TenantId.Parse("demo")).Should().BeFalse();
    }

    [Fact]
    public void Raw_hits_of_many_commits_come_in_the_order_of_time_and_a_cursor_goes_on_anywhere()
    {
        var random = new Random(5);
        var expected = new List<(long At, int Number)>();
        for (var commit = 0; commit < 20; commit++)
        {
            var lines = new List<string>();
            for (var i = 0; i < 50; i++)
            {
                // Overlapping commits, many hits of one millisecond, two days.
                var at = 1_789_948_795_000 + commit * 400 + random.Next(0, 80) * 10;
                expected.Add((at, expected.Count));
                lines.Add(Lines.Hit(key: $"k{expected.Count % 3}", at: at / 1000.0, args: $"n={expected.Count - 1}"));
            }
            _folder.Ingest([.. lines]);
        }
        var inOrder = expected.OrderBy(one => one.At).ThenBy(one => (one.Number + 1) % 3).Select(one => one.Number).ToArray();

        static int Number(string line) => int.Parse(System.Text.RegularExpressions.Regex.Match(line, "\"n=(\\d+)\"").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        _folder.Raw().Select(Number).Should().Equal(inOrder);
        _folder.Raw(linesARead: 7).Select(Number).Should().Equal(inOrder);
        _folder.Raw(key: "k1").Select(Number).Should().Equal(inOrder.Where(number => (number + 1) % 3 == 1));

        for (var read = 1; read < inOrder.Length; read += 37)
        {
            using var reader = _folder.Store.RawHits.Open(new HitScope(TenantId.Parse("demo")), MinuteRange.All, null);
            for (var left = read; left > 0;)
                left -= reader.Read(left).Span.Count((byte)'\n');
            _folder.Raw(after: reader.Position).Select(Number).Should().Equal(inOrder.Skip(read), "the cursor is behind {0}", read);
        }
        var minute = MinuteRange.MinuteOf(DateTimeOffset.FromUnixTimeMilliseconds(1_789_948_800_000));
        _folder.Raw(range: new MinuteRange(minute, MinuteRange.Unbounded)).Select(Number)
            .Should().Equal(expected.OrderBy(one => one.At).ThenBy(one => (one.Number + 1) % 3).Where(one => one.At >= minute * 60_000).Select(one => one.Number));
    }

    [Fact]
    public void Sums_stay_exact_beyond_64_bits()
    {
        _folder.Ingest([.. Enumerable.Range(0, 50).Select(_ => Lines.Hit(args: "tv=999999999999.999999"))]);
        _folder.Ingest([.. Enumerable.Range(0, 50).Select(_ => Lines.Hit(args: "tv=999999999999.999999"))]);
        _folder.Ingest(Lines.Hit(args: "tv=-0.000001"));
        _folder.Store.Counts.Count(new HitScope(TenantId.Parse("demo")), MinuteRange.All).Value.ToString().Should().Be("99999999999999.999899");
    }

    [Fact]
    public void Any_range_and_any_buckets_give_the_sums_of_a_plain_list()
    {
        var random = new Random(11);
        var from = MinuteRange.MinuteOf(DateTimeOffset.FromUnixTimeMilliseconds(Lines.Now)) - 40 * MinuteRange.PerDay;
        var hits = Enumerable.Range(0, 4000).Select(_ => (Minute: from + random.Next(40 * MinuteRange.PerDay), Value: random.Next(-5, 50))).ToList();
        foreach (var part in hits.Chunk(1000))
            _folder.Ingest([.. part.Select(hit => Lines.Hit(at: hit.Minute * 60 + random.Next(60), args: $"tv={hit.Value}", address: ""))]);

        HitTotals Expected(long first, long end)
        {
            var inside = hits.Where(hit => hit.Minute >= first && hit.Minute < end).ToList();
            return new HitTotals(
                inside.Count, 0, new ValueSum((Int128)inside.Sum(hit => hit.Value) * 1_000_000), first % 60 == 0 && end % 60 == 0 ? 0 : null);
        }

        var scope = new HitScope(TenantId.Parse("demo"), HitKey.Parse("home"));
        for (var i = 0; i < 300; i++)
        {
            var first = from - 100 + random.Next(41 * MinuteRange.PerDay);
            var end = first + 1 + random.Next(i % 3 == 0 ? 200 : 40 * MinuteRange.PerDay);
            _folder.Store.Counts.Count(scope, new MinuteRange(first, end)).Should().Be(Expected(first, end));
        }
        foreach (var (step, start) in new[] { (60, from / 60 * 60), (MinuteRange.PerDay, from / MinuteRange.PerDay * MinuteRange.PerDay), (45, from + 7), (1, from + 13), (MinuteRange.PerDay, from / 60 * 60) })
        {
            foreach (var buckets in new[] { 30, 500 })
            {
                var boundaries = Enumerable.Range(0, buckets + 1).Select(i => start + (long)i * step).ToList();
                _folder.Store.Counts.Series(scope, boundaries).Should().Equal(boundaries.Zip(boundaries.Skip(1), Expected));
            }
        }
    }

    [Fact]
    public void A_sample_of_a_refused_line_says_where_it_is_and_shows_no_address()
    {
        _folder.Ingest(Lines.Hit(), Lines.Hit(key: "a/b", address: "203.0.113.77"));
        var sample = _folder.Store.Ledger.Rejected(null, 10).Should().ContainSingle().Subject;
        sample.File.Should().Be("hits.log");
        sample.Offset.Should().Be(Lines.Hit().Length + 1);
        sample.Line.Should().Contain("a/b").And.NotContain("203.0.113.77");
    }
}
