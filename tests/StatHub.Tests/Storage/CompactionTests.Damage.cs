using StatHub.Storage;
using StatHub.Storage.Compaction;

namespace StatHub.Tests.Storage;

public partial class CompactionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Damage_anywhere_in_a_member_is_said_with_its_file(bool hasOneKey)
    {
        _folder.Ingest([.. Enumerable.Range(0, 300).Select(i => Hit(hasOneKey ? "home" : $"page{i % 9}", i, $"{i}"))]);
        await CompactAsync();
        var path = Path.Combine(Segments, "demo", "2026-09-20.1.jsonl.gz");
        var whole = await File.ReadAllBytesAsync(path);
        var content = whole.AsSpan().LastIndexOf("\"lastKey\""u8) + 30;
        // What is decompressed may be anything until the end of the member is reached.
        for (var at = content; at < whole.Length - 8; at += 37)
        {
            var bytes = whole.ToArray();
            bytes.AsSpan(at, Math.Min(20, whole.Length - at)).Fill(0x5a);
            await File.WriteAllBytesAsync(path, bytes);

            var read = () => _folder.Raw();
            read.Should().Throw<StoreException>($"bytes from {at} are not what was written").WithMessage("Segment demo/2026-09-20.1.jsonl.gz is damaged*");
        }
    }

    [Fact]
    public async Task A_day_whose_sums_do_not_agree_with_its_raw_hits_is_left_and_said()
    {
        _folder.Ingest(Hit("a", 1, "1"), Hit("b", 2, "2"));
        _folder.Sql("UPDATE day SET hits = 5 WHERE series = (SELECT id FROM series WHERE key = 'b'); SELECT changes()").Should().Be("1");

        var result = await CompactAsync();

        result.Problems.Should().Equal("demo 2026-09-20 is not compacted: key b has 1 raw hits, and 5 in the sums");
        Files().Should().Equal("0000000001.jsonl.gz");
        _folder.Raw().Should().HaveCount(2);
        (await CompactAsync()).Problems.Should().BeEmpty("the same would be found again");
        _folder.Time.Now += TimeSpan.FromDays(1);
        (await CompactAsync()).Problems.Should().ContainSingle();
    }

    [Theory]
    [InlineData(CompactionStep.FileNamed)]
    [InlineData(CompactionStep.CatalogueWritten)]
    public async Task A_disk_that_fails_at_the_switch_leaves_no_file_and_the_next_compaction_does_it(CompactionStep failing)
    {
        _folder.Ingest(Hit("a", 1, "1"));
        _folder.OnCompactionStep = step =>
        {
            if (step == failing)
                throw new IOException("No space left on device");
        };
        var run = () => CompactAsync();
        await run.Should().ThrowAsync<IOException>();
        Files().Should().Equal("0000000001.jsonl.gz");

        _folder.OnCompactionStep = null;
        (await CompactAsync()).Should().BeEquivalentTo(new { Days = 1, Problems = Array.Empty<string>() });
        _folder.Raw().Should().HaveCount(1);
    }

    [Fact]
    public async Task A_disk_that_fails_behind_the_switch_takes_nothing_back()
    {
        _folder.Ingest(Hit("a", 1, "1"));
        _folder.OnCompactionStep = step =>
        {
            if (step == CompactionStep.Switched)
                throw new IOException("Input/output error");
        };
        (await CompactAsync()).Problems.Should().BeEmpty();

        Files().Should().Contain("demo/2026-09-20.1.jsonl.gz");
        _folder.Raw().Should().HaveCount(1);
        _folder.Restart();
        _folder.Raw().Should().HaveCount(1);
    }

    [Fact]
    public async Task A_damaged_young_segment_is_left_and_said()
    {
        _folder.Ingest([.. Enumerable.Range(0, 300).Select(i => Hit("home", i, $"{i}"))]);
        var path = Path.Combine(Segments, "0000000001.jsonl.gz");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes.AsSpan(bytes.Length / 2, 20).Fill(0x5a);
        await File.WriteAllBytesAsync(path, bytes);

        (await CompactAsync()).Problems.Should().ContainSingle().Which.Should().StartWith("demo 2026-09-20 is not compacted: Segment 0000000001 is damaged in the member at byte ");
        Files().Should().Equal("0000000001.jsonl.gz");
    }

    [Fact]
    public async Task A_young_segment_with_something_unknown_in_it_is_kept_and_said()
    {
        _folder.Ingest(Hit("a", 1, "1"));
        var path = Path.Combine(Segments, "0000000001.jsonl.gz");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[0] = 0;
        await File.WriteAllBytesAsync(path, bytes);

        var result = await CompactAsync();

        (result.Days, result.SegmentsRemoved).Should().Be((1, 0));
        result.Problems.Should().Equal("Segment 1 is kept, though its hits are compacted: the catalogue does not know the member at byte 0");
        Files().Should().Equal("0000000001.jsonl.gz", "demo/2026-09-20.1.jsonl.gz");
        _folder.Raw().Should().HaveCount(1);
    }

    [Fact]
    public async Task What_a_crash_left_of_compactions_is_removed_at_the_start()
    {
        _folder.Ingest(Hit("a", 1, "1"));
        await CompactAsync();
        var file = Path.Combine(Segments, "demo", "2026-09-20.1.jsonl.gz");
        File.Copy(file, Path.Combine(Segments, "demo", "2026-09-20.2.jsonl.gz"));
        await File.WriteAllTextAsync(Path.Combine(Segments, "demo", "2026-09-20.2.part0.tmp"), "part");
        Directory.CreateDirectory(Path.Combine(Segments, "erased-gone"));
        await File.WriteAllTextAsync(Path.Combine(Segments, "erased-gone", "2026-09-20.1.jsonl.gz"), "of an erased tenant");

        Directory.CreateDirectory(Path.Combine(Segments, "mine"));
        File.Copy(file, Path.Combine(Segments, "mine", "copy.jsonl.gz"));

        _folder.Restart();

        Files().Should().Equal("demo/2026-09-20.1.jsonl.gz", "mine/copy.jsonl.gz", "removed-segments/0000000001.jsonl.gz");
        _folder.Raw().Should().HaveCount(1);
    }

    [Fact]
    public async Task A_compacted_file_that_lost_bytes_is_refused_with_its_name()
    {
        _folder.Ingest(Hit("a", 1, "1"));
        await CompactAsync();
        using (var file = new FileStream(Path.Combine(Segments, "demo", "2026-09-20.1.jsonl.gz"), FileMode.Open))
            file.SetLength(30);

        var restart = _folder.Restart;
        restart.Should().Throw<StoreException>().WithMessage("Segment demo/2026-09-20.1.jsonl.gz has 30 bytes*");
    }
}
