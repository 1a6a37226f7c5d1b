using System.Text;
using System.Text.Json;
using StatHub.Core.Tenants;
using StatHub.Storage.Compaction;
using StatHub.Storage.Segments;

namespace StatHub.Storage.Recovery;

/// <summary>A compacted file and its members, as their headers tell.</summary>
internal sealed record FoundDay(CompactedFile File, long Batch, long Lines, long Length, IReadOnlyList<CompactedMember> Members)
{
    /// <summary>Whether it has all the lines that it should have.</summary>
    public bool IsWhole => Members.Sum(member => (long)member.Lines) == Lines;

    /// <summary>Reads the headers of a compacted file.</summary>
    /// <exception cref="StoreException">Its headers are none of a compacted file.</exception>
    public static FoundDay Read(string path)
    {
        try
        {
            using var members = MemberScan.Members(path).GetEnumerator();
            if (!members.MoveNext())
                throw new StoreException($"Segment {Path.GetFileName(path)} is empty.");
            var header = SegmentHeader.Read(members.Current.Extra, SegmentJson.Default.CompactedHeader, path);
            var found = new List<CompactedMember>();
            while (members.MoveNext())
                found.Add(Member(members.Current, path));
            return new FoundDay(
                new CompactedFile(header.Compaction, TenantId.Parse(header.Tenant), header.Day), header.Batch, header.Lines, new FileInfo(path).Length, found);
        }
        catch (JsonException exception)
        {
            throw new StoreException($"Segment {Path.GetFileName(path)} has a header that is none of a compacted file: {exception.Message}", exception);
        }
    }

    private static CompactedMember Member(FoundMember member, string path)
    {
        var header = SegmentHeader.Read(member.Extra, SegmentJson.Default.CompactedMemberHeader, path);
        return new CompactedMember(
            Encoding.UTF8.GetBytes(header.FirstKey), Encoding.UTF8.GetBytes(header.LastKey), header.First, header.Last, member.Offset, member.Length, header.Lines);
    }
}
