using System.Text;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Storage.Hits;
using StatHub.Storage.Segments;

namespace StatHub.Tests.Storage;

public sealed class ScatteredReaderTests : IDisposable
{
    private static readonly CompactedFile Compacted = new(1, TenantId.Parse("demo"), 20_513);

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub scattered ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(5_000)]
    [InlineData(100_000)]
    [InlineData(10_000_000)]
    public void Members_are_merged_in_the_order_of_time_and_keys_however_little_is_held(int mostBytes)
    {
        var random = new Random(mostBytes);
        // Many lines share an instant, some with others of their key.
        var lines = Enumerable.Range(0, 2_000).Select(i => (Key: $"k{random.Next(60):00}", Second: random.Next(200), Number: i)).ToList();
        var (segments, members) = Write(lines.OrderBy(line => line.Key, StringComparer.Ordinal).ThenBy(line => line.Second).ThenBy(line => line.Number).ToList());

        var blocks = Read(new ScatteredReader(segments, members, long.MinValue, long.MaxValue, mostBytes), byBlocks: true);
        var singles = Read(new ScatteredReader(segments, members, At(50), At(120), mostBytes), byBlocks: false);

        var inOrder = lines.OrderBy(line => line.Second).ThenBy(line => line.Key, StringComparer.Ordinal).ThenBy(line => line.Number).ToList();
        blocks.Should().Equal(inOrder.Select(Text));
        singles.Should().Equal(inOrder.Where(line => line.Second is >= 50 and < 120).Select(Text));
    }

    private static List<string> Read(ScatteredReader reader, bool byBlocks)
    {
        var read = new StringBuilder();
        var line = new byte[1000];
        using (reader)
        {
            for (reader.Advance(); reader.Next != long.MaxValue;)
            {
                // Up to some instant a block goes out whole, what is behind it line by line.
                var block = byBlocks ? reader.TakeBlock(reader.Next + 7_000) : default;
                read.Append(Encoding.UTF8.GetString(block.Span));
                if (block.IsEmpty)
                    read.Append(Encoding.UTF8.GetString(line.AsSpan(0, reader.TakeLine(line))));
                else
                    reader.Advance();
            }
        }
        return [.. read.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(text => text + "\n")];
    }

    private (SegmentFolder Segments, List<MemberRow> Members) Write(List<(string Key, int Second, int Number)> lines)
    {
        var segments = new SegmentFolder(_folder);
        var path = segments.PathOf(Compacted);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var members = new List<MemberRow>();
        using var file = File.Create(path);
        foreach (var some in lines.Chunk(170))
        {
            var member = GzipMember.CompressJoinable(Encoding.UTF8.GetBytes(string.Concat(some.Select(Text))), [], 6);
            members.Add(new MemberRow(At(some.Min(line => line.Second)), At(some.Max(line => line.Second)), 1, 0, file.Position, member.Length)
            {
                Compacted = Compacted.Name,
                Number = members.Count,
            });
            file.Write(member.Span);
        }
        return (segments, members);
    }

    private static long At(int second) => new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() + second * 1000;

    private static string Text((string Key, int Second, int Number) line) =>
        $$"""{"time":"2026-03-01T00:{{line.Second / 60:00}}:{{line.Second % 60:00}}.000Z","tenant":"demo","key":"{{line.Key}}","n":{{line.Number}}}""" + "\n";
}
