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

    [Theory]
    [InlineData(1, "before")]
    [InlineData(2, "a0")]
    [InlineData(4, "a2")]
    [InlineData(5, "m0")]
    [InlineData(6, "m1")]
    [InlineData(7, "m2")]
    [InlineData(10, "z2")]
    [InlineData(11, "behind")]
    public async Task A_late_hit_in_the_millisecond_of_a_cursor_neither_repeats_nor_hides_another(int read, string last)
    {
        var scope = new HitScope(Demo);
        await IngestAsync([Hit(4, "before", "m"), Hit(6, "behind", "m"), .. "azm".SelectMany(key => Enumerable.Range(0, 3).Select(i => Hit(5, $"{key}{i}", $"{key}")))]);
        var early = Lines(scope).Select(Args).ToList();
        var (one, several) = (PositionBehind(read, 1), PositionBehind(read, read));
        await IngestAsync([Hit(4, "late", "m"), .. "!amz~".Select(key => Hit(5, $"late {key}", $"{key}"))]);

        var rest = ReadAll(_store.Raw.Open(scope, MinuteRange.All, one)).Select(Args).ToList();

        several.Should().Be(one);
        early[read - 1].Should().Be(last);
        rest.Where(args => !args.StartsWith("late", StringComparison.Ordinal)).Should().Equal(early.Skip(read));
        rest.Should().Equal(Lines(scope).Select(Args).SkipWhile(args => args != last).Skip(1));
    }

    [Fact]
    public async Task A_late_hit_of_a_key_comes_behind_the_cursor_of_its_millisecond()
    {
        var scope = new HitScope(Demo, HitKey.Parse("m"));
        await IngestAsync(Hit(5, "a", "m"), Hit(5, "b", "m"), Hit(6, "c", "m"));
        using var reader = _store.Raw.Open(scope, MinuteRange.All, null);
        reader.Read(1);
        await IngestAsync(Hit(5, "other", "a"), Hit(5, "late", "m"), Hit(4, "passed", "m"));

        ReadAll(_store.Raw.Open(scope, MinuteRange.All, reader.Position)).Select(Args).Should().Equal("b", "late", "c");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Pages_have_every_hit_once_while_late_ones_come(int linesPerPage)
    {
        var random = new Random(linesPerPage);
        await IngestAsync([.. Enumerable.Range(0, 60).Select(i => Hit(i / 20, $"n{i}", $"k{i % 3 * 2}"))]);
        var expected = Lines(new HitScope(Demo));
        var seen = new List<string>();
        var late = new List<string>();
        RawHitPosition? position = null;
        while (true)
        {
            using var reader = _store.Raw.Open(new HitScope(Demo), MinuteRange.All, position);
            var page = HitPage.Take(reader, linesPerPage);
            seen.AddRange(ReadAll(page));
            position = page.Next;
            if (position is null)
                break;
            RawHitCursor.TryRead(RawHitCursor.Write(position.Value), out var sent).Should().BeTrue();
            sent.Should().Be(position.Value);
            if (late.Count < 90)
                await IngestAsync([.. Enumerable.Range(0, 3).Select(_ => Late())]);
        }

        seen.Should().OnlyHaveUniqueItems();
        seen.Select(Args).Where(args => args[0] == 'n').Should().Equal(expected.Select(Args));
        Lines(new HitScope(Demo)).Should().ContainInOrder(seen).And.HaveCount(60 + late.Count);

        string Late()
        {
            late.Add($"late{late.Count}");
            return Hit(random.Next(3), late[^1], $"k{random.Next(6)}");
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("b")]
    public async Task Reading_begins_before_or_behind_a_key_that_has_no_hit(string? key)
    {
        var scope = new HitScope(Demo, key is null ? null : HitKey.Parse(key));
        await IngestAsync([Hit(1, "a1", "a"), Hit(1, "b1", "b"), Hit(1, "c1", "c"), Hit(2, "b2", "b")]);
        var at = Noon.AddMilliseconds(1).ToUnixTimeMilliseconds();
        var of = Lines(scope).Select(Args).ToList();

        From(RawHitPosition.Before(at)).Should().Equal(of);
        From(RawHitPosition.Before(at + 1)).Should().Equal("b2");
        From(new RawHitPosition(at, HitKey.Parse("aa"), 7)).Should().Equal(of.Where(args => args != "a1"));
        From(new RawHitPosition(at, HitKey.Parse("b"), long.MaxValue)).Should().Equal(of.Where(args => args is "c1" or "b2"));
        From(new RawHitPosition(at, HitKey.Overflow, 1)).Should().Equal(of);
        From(new RawHitPosition(long.MaxValue, HitKey.Parse("b"), 1)).Should().BeEmpty();

        IEnumerable<string> From(RawHitPosition position) => ReadAll(_store.Raw.Open(scope, MinuteRange.All, position)).Select(Args);
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

    private RawHitPosition PositionBehind(int lines, int linesPerRead)
    {
        using var reader = _store.Raw.Open(new HitScope(Demo), MinuteRange.All, null);
        for (var left = lines; left > 0;)
            left -= Split(reader.Read(Math.Min(left, linesPerRead)).Span).Count;
        return reader.Position;
    }

    private static string Hit(int milliseconds, string name, string key = "home") =>
        JournalLine.Of("demo", key, Noon.AddMilliseconds(milliseconds), name);
}
