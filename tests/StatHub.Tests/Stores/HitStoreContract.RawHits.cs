using System.Text;
using StatHub.Core.Hits;
using StatHub.Core.Time;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Stores;

public abstract partial class HitStoreContract
{
    [Fact]
    public async Task Raw_hits_of_a_millisecond_come_in_the_order_of_their_keys_bytes()
    {
        string[] keys = ["b", "a\"", "a", "a\\", "ü", "a0", "B", "a\\b", "a\"b", "a]", "\\", "\"", "!", "\U0001F600", "\uFF01", "b"];
        await IngestAsync([.. keys.Take(9).Select((key, i) => Hit(1, $"n{i:00}", key)), Hit(0, "first", "z")]);
        await IngestAsync([.. keys.Skip(9).Select((key, i) => Hit(1, $"n{i + 9:00}", key))]);
        var expected = keys.Select((key, i) => (Name: $"n{i:00}", Bytes: Convert.ToHexString(Encoding.UTF8.GetBytes(key))))
            .OrderBy(one => one.Bytes, StringComparer.Ordinal).ThenBy(one => one.Name, StringComparer.Ordinal).Select(one => one.Name);

        Lines(new HitScope(Demo)).Select(Args).Should().Equal(expected.Prepend("first"));
    }

    [Fact]
    public async Task Raw_hits_of_a_key_come_in_the_order_of_their_instants_and_of_their_commit_within_a_millisecond()
    {
        await IngestAsync(Hit(5, "a"), Hit(1, "b"), Hit(5, "c"));
        await IngestAsync(Hit(5, "d"), Hit(0, "e"), Hit(1, "f"));

        Lines(new HitScope(Demo)).Select(Args).Should().Equal("e", "b", "f", "a", "c", "d");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Reading_goes_on_behind_any_position(int linesPerRead)
    {
        await IngestAsync([.. Enumerable.Range(0, 150).Select(i => Hit(i / 20, $"n{i}", $"k{i % 3}"))]);
        var seen = new List<string>();
        RawHitPosition? position = null;
        while (true)
        {
            using var reader = _store.Raw.Open(new HitScope(Demo), MinuteRange.All, position);
            var block = reader.Read(linesPerRead);
            if (block.IsEmpty)
                break;
            var lines = Split(block.Span);
            lines.Count.Should().BeInRange(1, linesPerRead);
            seen.AddRange(lines);
            position = reader.Position;
        }

        seen.Select(Args).Should().Equal(Enumerable.Range(0, 150).OrderBy(i => i / 20).ThenBy(i => i % 3).Select(i => $"n{i}"));
    }

    [Fact]
    public async Task A_reader_sees_what_was_committed_before_it_was_opened()
    {
        await IngestAsync(Hit(1, "a"), Hit(3, "b"));
        using var reader = _store.Raw.Open(new HitScope(Demo), MinuteRange.All, null);
        await IngestAsync(Hit(2, "c"), Hit(4, "d"));

        ReadAll(reader).Select(Args).Should().Equal("a", "b");
        Lines(new HitScope(Demo)).Select(Args).Should().Equal("a", "c", "b", "d");
    }

    [Fact]
    public async Task A_block_may_be_written_to()
    {
        await IngestAsync(Hit(1, "a"), Hit(2, "b"));
        using (var reader = _store.Raw.Open(new HitScope(Demo), MinuteRange.All, null))
            reader.Read(1).Span.Clear();

        Lines(new HitScope(Demo)).Select(Args).Should().Equal("a", "b");
    }

    [Fact]
    public async Task Raw_hits_of_a_range_are_those_that_are_counted()
    {
        var minute = MinuteRange.MinuteOf(Noon);
        await IngestAsync([.. Enumerable.Range(-5, 11).Select(i => JournalLine.Of("demo", i % 2 == 0 ? "even" : "odd", Noon.AddSeconds(20 * i), $"n={i}"))]);

        foreach (var scope in (HitScope[])[new(Demo), new(Demo, HitKey.Parse("even")), new(Other)])
            Lines(scope, minute, minute + 1).Should().HaveCount((int)Count(scope, minute, minute + 1));
    }

    private static string Hit(int milliseconds, string name, string key = "home") =>
        JournalLine.Of("demo", key, Noon.AddMilliseconds(milliseconds), name);
}
