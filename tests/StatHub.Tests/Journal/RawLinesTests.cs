using System.Text;
using StatHub.Core.Journal;

namespace StatHub.Tests.Journal;

public sealed class RawLinesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(1024 * 1024)]
    public void Lines_of_many_come_back_as_they_came_and_in_order(int blockBytes)
    {
        var random = new Random(blockBytes);
        using var blocks = new LineBlocks(blockBytes);
        var all = Enumerable.Range(0, 5).Select(_ => new RawLines(blocks)).ToArray();
        var written = all.Select(_ => new List<(long Time, string Key, string Line)>()).ToArray();
        for (var i = 0; i < 2_000; i++)
        {
            // The first has its lines in order, and the last long ones.
            var owner = random.Next(all.Length);
            var (time, key) = (owner == 0 ? i : random.Next(50), $"k{random.Next(9)}");
            var line = Line(time, key, new string('x', random.Next(owner == all.Length - 1 ? 40_000 : 400)));
            Write(all[owner], time, line, random);
            written[owner].Add((time, key, line));
        }

        foreach (var (lines, expected) in all.Zip(written))
        {
            Text(lines.WriteAsTheyCame).Should().Be(string.Concat(expected.Select(one => one.Line)));
            Text(lines.WriteInOrder).Should().Be(string.Concat(expected.OrderBy(one => one.Time).ThenBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Line)));
            (lines.Count, lines.Bytes).Should().Be((expected.Count, expected.Sum(one => one.Line.Length)));
            (lines.First, lines.Last).Should().Be((expected.Min(one => one.Time), expected.Max(one => one.Time)));
        }
    }

    [Fact]
    public void Lines_that_lie_side_by_side_are_written_at_once()
    {
        using var blocks = new LineBlocks(1024 * 1024);
        var (lines, writes) = (new RawLines(blocks), new Writes());
        for (var i = 0; i < 1000; i++)
            Write(lines, i, Line(i, "k", new string('x', 400)), new Random(i));

        lines.WriteInOrder(writes);

        writes.Lengths.Where(length => length > 0).Should().Equal(lines.Bytes);
    }

    private static string Line(long time, string key, string more) =>
        $"{{\"time\":\"{DateTimeOffset.FromUnixTimeMilliseconds(time):yyyy-MM-ddTHH:mm:ss.fffZ}\",\"tenant\":\"demo\",\"key\":\"{key}\",\"more\":\"{more}\"}}\n";

    private static void Write(RawLines lines, long time, string line, Random random)
    {
        // A line may be written in several pieces.
        foreach (var piece in Encoding.UTF8.GetBytes(line).Chunk(random.Next(1, line.Length + 1)))
        {
            piece.CopyTo(lines.Writer.GetSpan(piece.Length + random.Next(100)));
            lines.Writer.Advance(piece.Length);
        }
        lines.Ended(time);
    }

    private static string Text(Action<Stream> write)
    {
        using var target = new MemoryStream();
        write(target);
        return Encoding.UTF8.GetString(target.ToArray());
    }

    private sealed class Writes : MemoryStream
    {
        public List<int> Lengths { get; } = [];

        public override void Write(ReadOnlySpan<byte> buffer) => Lengths.Add(buffer.Length);
    }
}
