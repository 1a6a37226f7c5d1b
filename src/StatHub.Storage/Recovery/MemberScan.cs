using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using StatHub.Storage.Segments;

namespace StatHub.Storage.Recovery;

/// <summary>A member of a file, found by its header alone.</summary>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Extra">What its header tells: JSON, or zero bytes in a filler.</param>
internal readonly record struct FoundMember(long Offset, int Length, byte[] Extra)
{
    /// <summary>Whether it tells something.</summary>
    public bool HasHeader => Extra is [(byte)'{', ..];

    /// <summary>Whether it tells of a batch, and has no lines.</summary>
    public bool TellsOfBatch => Extra.AsSpan().IndexOf("\"committedAt\":"u8) >= 0;
}

/// <summary>Walks through a file of members without a catalogue.</summary>
internal static class MemberScan
{
    private const int BlockBytes = 1024 * 1024;

    private static ReadOnlySpan<byte> Magic => [0x1f, 0x8b, 8, 4];

    private static readonly byte[] Beginning = "{\"version\":"u8.ToArray();

    /// <summary>All members in their order; not what a crash left of a header at the end.</summary>
    /// <exception cref="StoreException">The file does not begin with a member.</exception>
    public static IEnumerable<FoundMember> Members(string path)
    {
        using var file = SegmentFolder.OpenToRead(path);
        var length = RandomAccess.GetLength(file);
        var (begin, header) = (0L, (byte[]?)null);
        foreach (var (offset, extra) in Starts(file, length))
        {
            if (header is not null)
                yield return new FoundMember(begin, (int)(offset - begin), header);
            else if (offset != 0)
                throw new StoreException($"Segment {Path.GetFileName(path)} does not begin with a member.");
            (begin, header) = (offset, extra);
        }
    }

    /// <summary>Where members begin, and the end. What looks like one within compressed bytes does not go on with a header of ours.</summary>
    private static IEnumerable<(long Offset, byte[] Extra)> Starts(SafeFileHandle file, long length)
    {
        var block = new byte[BlockBytes];
        var behind = 0L;
        for (var at = 0L; at < length; at += BlockBytes - GzipMember.ExtraAt)
        {
            var read = RandomAccess.Read(file, block, at);
            for (var next = Find(block.AsSpan(0, read), 0); next >= 0; next = Find(block.AsSpan(0, read), next + 1))
            {
                var offset = at + next;
                if (offset < behind)
                    continue;
                var extra = Extra(file, offset);
                if (extra is null)
                {
                    yield return (offset, []);
                    yield break;
                }
                if (!IsOurs(extra))
                    continue;
                behind = offset + GzipMember.ExtraAt + extra.Length;
                yield return (offset, extra);
            }
        }
        yield return (length, []);
    }

    private static int Find(ReadOnlySpan<byte> block, int from)
    {
        for (var rest = block[from..]; ;)
        {
            var at = rest.IndexOf(Magic);
            if (at < 0 || rest.Length - at < GzipMember.ExtraAt)
                return -1;
            if (GzipMember.HasOurExtra(rest[at..]))
                return block.Length - rest.Length + at;
            rest = rest[(at + 1)..];
        }
    }

    /// <summary>The extra data of a member; null when the file ends within.</summary>
    private static byte[]? Extra(SafeFileHandle file, long offset)
    {
        Span<byte> size = stackalloc byte[2];
        RandomAccess.Read(file, size, offset + GzipMember.ExtraAt - size.Length);
        var extra = new byte[BinaryPrimitives.ReadUInt16LittleEndian(size)];
        return RandomAccess.Read(file, extra, offset + GzipMember.ExtraAt) < extra.Length ? null : extra;
    }

    private static bool IsOurs(ReadOnlySpan<byte> extra) => extra.StartsWith(Beginning) || extra.IndexOfAnyExcept((byte)0) < 0;
}
