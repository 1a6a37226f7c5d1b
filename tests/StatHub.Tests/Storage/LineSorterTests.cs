using System.Text;
using StatHub.Core.Hits;
using StatHub.Storage.Compaction;

namespace StatHub.Tests.Storage;

public sealed class LineSorterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stathub sort ").FullName;
    private int _parts;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1_000_000, 0, 0)]
    [InlineData(20_000, 20, 40)]
    [InlineData(1_000, 300, 1_000)]
    public void Lines_are_sorted_by_key_and_stay_in_the_order_of_time_however_many_parts_it_takes(int mostBytes, int leastParts, int mostParts)
    {
        var random = new Random(mostBytes);
        var lines = Enumerable.Range(0, 5_000).Select(i => Line($"k{random.Next(100)}", i / 3, i)).ToList();
        using var sorter = new LineSorter(mostBytes, number => Path.Combine(_folder, $"{number}.tmp"), () => _parts++);
        foreach (var few in lines.Chunk(7))
            sorter.Add(Encoding.UTF8.GetBytes(string.Concat(few)));

        Text(sorter, null).Should().Be(string.Concat(lines.OrderBy(KeyOf, StringComparer.Ordinal)));
        _parts.Should().BeInRange(leastParts, mostParts);
        Directory.GetFiles(_folder).Length.Should().BeLessThanOrEqualTo(130, "runs are merged when they are many");
        sorter.Dispose();
        Directory.GetFiles(_folder).Should().BeEmpty();
    }

    [Fact]
    public void Late_lines_come_between_those_of_the_file_before()
    {
        var before = Path.Combine(_folder, "before.jsonl.gz");
        using (var file = new System.IO.Compression.GZipStream(File.Create(before), System.IO.Compression.CompressionLevel.Fastest))
            file.Write(Encoding.UTF8.GetBytes(Line("a", 1, 1) + Line("a", 5, 2) + Line("a", 5, 3) + Line("c", 2, 4)));
        using var sorter = new LineSorter(1_000, number => Path.Combine(_folder, $"{number}.tmp"), () => _parts++);
        sorter.Add(Encoding.UTF8.GetBytes(Line("c", 1, 5) + Line("b", 2, 6) + Line("a", 5, 7) + Line("a", 6, 8)));

        Text(sorter, before).Should().Be(Line("a", 1, 1) + Line("a", 5, 2) + Line("a", 5, 3) + Line("a", 5, 7) + Line("a", 6, 8) + Line("b", 2, 6) + Line("c", 1, 5) + Line("c", 2, 4));
    }

    [Fact]
    public void A_line_longer_than_everything_it_holds_is_sorted_too()
    {
        var lines = new[] { Line("b", 1, 1), Line("a", 2, 2, new string('x', 300_000)), Line("b", 3, 3) };
        using var sorter = new LineSorter(1_000, number => Path.Combine(_folder, $"{number}.tmp"), () => _parts++);
        foreach (var line in lines)
            sorter.Add(Encoding.UTF8.GetBytes(line));

        Text(sorter, null).Should().Be(lines[1] + lines[0] + lines[2]);
    }

    private static string Text(LineSorter sorter, string? before)
    {
        var text = new StringBuilder();
        foreach (var (key, lines) in sorter.Sorted(before))
        {
            var some = Encoding.UTF8.GetString(lines.Span);
            some.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().OnlyContain(line => KeyOf(line) == Encoding.UTF8.GetString(key));
            text.Append(some);
        }
        return text.ToString();
    }

    private static string KeyOf(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        return Encoding.UTF8.GetString(StoredHit.EscapedKey(bytes, StoredHit.KeyAt(bytes)));
    }

    private static string Line(string key, int second, int number, string more = "") =>
        $$"""{"time":"2026-03-01T{{second / 3600:00}}:{{second / 60 % 60:00}}:{{second % 60:00}}.000Z","tenant":"demo","key":"{{key}}","n":{{number}},"more":"{{more}}"}""" + "\n";
}
