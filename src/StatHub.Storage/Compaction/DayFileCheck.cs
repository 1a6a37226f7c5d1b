using StatHub.Storage.Hits;
using StatHub.Storage.Segments;

namespace StatHub.Storage.Compaction;

/// <summary>Reads a compacted file back before anything depends on it.</summary>
internal static class DayFileCheck
{
    /// <summary>Decompresses every member; its checksum is checked by that.</summary>
    /// <exception cref="DayMismatchException">A member does not have the lines that were written.</exception>
    public static void Read(string path, IReadOnlyList<CompactedMember> members)
    {
        foreach (var member in members)
        {
            var row = new MemberRow(member.First, member.Last, 0, 0, member.Offset, member.Length) { Compacted = Path.GetFileName(path) };
            using var lines = new MemberReader(SegmentFolder.OpenToRead(path), row, null, long.MinValue, long.MaxValue);
            var read = 0;
            for (var block = Next(lines); !block.IsEmpty; block = Next(lines))
                read += block.Span.Count((byte)'\n');
            if (read != member.Lines)
                throw new DayMismatchException($"{Path.GetFileName(path)} has {read} lines at byte {member.Offset} where {member.Lines} were written");
        }
    }

    private static Memory<byte> Next(MemberReader lines)
    {
        lines.Advance();
        return lines.Next == long.MaxValue ? default : lines.TakeBlock(long.MaxValue);
    }
}
