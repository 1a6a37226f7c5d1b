using System.Text;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Tests.Journal;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage;

public partial class CompactionTests
{
    [Theory]
    [InlineData(200, 48 * 1024 * 1024)]
    [InlineData(3_000, 100_000)]
    public async Task Whatever_is_asked_the_answer_is_that_of_before(int keys, int sortBytes)
    {
        var random = new Random(keys);
        var oracle = new MemoryStore(_folder.Time);
        oracle.TryCreate(new Tenant(Demo, "demo", null, Yesterday.AddYears(-1)));
        void Add(int count)
        {
            // A few keys have megabytes, most have little; instants come several times.
            var lines = Enumerable.Range(0, count).Select(i => Lines.Hit(
                key: random.Next(2) == 0 ? $"big{random.Next(3)}" : $"k{random.Next(keys)}", at: Yesterday.ToUnixTimeSeconds() + random.Next(20_000) * 0.001, args: $"n={random.Next()}")).ToArray();
            oracle.Ingest(lines);
            _folder.Ingest(lines);
        }
        Add(6_000);
        Add(3_000);
        var cursors = Enumerable.Range(0, 4).Select(_ => Positions(random.Next(1, 8_000))).ToList();
        await CompactAsync(sortBytes: sortBytes);
        AssertEqual(oracle, random);
        foreach (var (seen, position) in cursors)
            _folder.Raw(after: position).Select(Number).Should().Equal(Numbers(oracle, null).Skip(seen), "a cursor of before goes on");
        var early = Numbers(oracle, null);
        Add(500);
        AssertEqual(oracle, random);
        AssertGoOn();
        _folder.Time.Now += TimeSpan.FromDays(2);
        (await CompactAsync(sortBytes: sortBytes)).Days.Should().Be(1);
        AssertEqual(oracle, random);
        AssertGoOn();

        void AssertGoOn()
        {
            foreach (var (seen, position) in cursors)
                _folder.Raw(after: position).Select(Number).Where(early.ToHashSet().Contains).Should().Equal(early.Skip(seen), "late hits of its millisecond do not move a cursor");
        }
    }

    [Fact]
    public async Task A_reader_goes_on_with_the_files_it_began_with()
    {
        _folder.Ingest([.. Enumerable.Range(0, 50).Select(i => Hit($"k{i % 3}", i, $"{i}"))]);
        using (var old = _folder.Store.RawHits.Open(new HitScope(Demo), MinuteRange.All, null))
        {
            var first = Text(old.Read(7));
            await CompactAsync();
            using var newer = _folder.Store.RawHits.Open(new HitScope(Demo), MinuteRange.All, null);
            _folder.Ingest(Hit("k1", 3, "late"));
            _folder.Time.Now += TimeSpan.FromDays(2);
            (await CompactAsync()).Days.Should().Be(1);

            Files().Should().HaveCount(3, "the young segment and both compacted files are read");
            (first + ReadAll(old)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Number).Should().Equal(Enumerable.Range(0, 50).Select(i => $"{i}"));
            ReadAll(newer).Should().NotContain("late").And.HaveLength(_folder.Raw().Where(line => !line.Contains("late", StringComparison.Ordinal)).Sum(line => line.Length + 1));
        }
        (await CompactAsync()).SegmentsRemoved.Should().Be(1);
        Files().Should().Equal("demo/2026-09-20.2.jsonl.gz", "removed-segments/0000000001.jsonl.gz");
        _folder.Raw().Should().HaveCount(51);
    }

    private void AssertEqual(MemoryStore oracle, Random random)
    {
        foreach (var key in (string?[])[null, "big0", "k1", "none"])
        {
            _folder.Raw(key: key).Select(Number).Should().Equal(Numbers(oracle, key));
            var from = MinuteRange.MinuteOf(Yesterday) - random.Next(2);
            var range = new MinuteRange(from, from + 1 + random.Next(2));
            _folder.Raw(key: key, range: range, linesARead: random.Next(1, 500)).Select(Number).Should().Equal(Numbers(oracle, key, range));
        }
    }

    private static List<string> Numbers(MemoryStore oracle, string? key, MinuteRange? range = null)
    {
        using var reader = oracle.Open(new HitScope(Demo, key is null ? null : HitKey.Parse(key)), range ?? MinuteRange.All, null);
        return [.. ReadAll(reader).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Number)];
    }

    private (int Seen, RawHitPosition Position) Positions(int read)
    {
        using var reader = _folder.Store.RawHits.Open(new HitScope(Demo), MinuteRange.All, null);
        for (var left = read; left > 0;)
            left -= reader.Read(left).Span.Count((byte)'\n');
        return (read, reader.Position);
    }

    private static string ReadAll(IRawHitReader reader)
    {
        var text = new StringBuilder();
        for (var block = reader.Read(int.MaxValue); !block.IsEmpty; block = reader.Read(int.MaxValue))
            text.Append(Text(block));
        return text.ToString();
    }

    private static string Text(Memory<byte> block) => Encoding.UTF8.GetString(block.Span);
}
