using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using StatHub.Core.Hits;
using StatHub.Storage.Segments;

namespace StatHub.Storage.Hits;

/// <summary>A member of a compacted file without its frame.</summary>
internal static class DeflatedMember
{
    private const int EndBytes = 2 + GzipMember.TrailerBytes;

    /// <summary>The deflate data of a member, up to its last block, from its open file.</summary>
    /// <exception cref="StoreException">There is no such member.</exception>
    public static DeflatedHits Open(SafeFileHandle file, MemberRow member)
    {
        Span<byte> front = stackalloc byte[GzipMember.ExtraAt];
        Span<byte> end = stackalloc byte[4 + EndBytes];
        if (RandomAccess.Read(file, front, member.Offset) < front.Length
            || RandomAccess.Read(file, end, member.Offset + member.Length - end.Length) < end.Length
            || !GzipMember.HasOurExtra(front) || !end.StartsWith(GzipMember.JoinableEnd))
        {
            throw new StoreException($"Segment {member.Compacted} is damaged in the member at byte {member.Offset}: it does not begin and end like one.");
        }
        var begin = GzipMember.ExtraAt + BinaryPrimitives.ReadUInt16LittleEndian(front[(GzipMember.ExtraAt - 2)..]);
        return new DeflatedHits(
            new FileSlice(file, member.Offset + begin, member.Length - begin - EndBytes),
            BinaryPrimitives.ReadUInt32LittleEndian(end[^8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(end[^4..]));
    }
}
