using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using StatHub.Storage.Posix;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Compaction;

/// <summary>
/// Keeps what a young segment tells of its batches when it is removed: a line for each minute of commits, with the outcomes summed as the
/// ledger has them, and how far each journal file was read. See docs/formats/segment.md.
/// </summary>
internal sealed class KeptBatches : IDisposable
{
    private readonly GZipStream _output;
    private readonly HashSet<string> _registered;
    private readonly Dictionary<(string? Tenant, string Outcome), long> _outcomes = [];
    private readonly Dictionary<(long Inode, string Head), JournalStretch> _files = [];
    private long _minute = -1;
    private long _firstBatch;
    private long _lastBatch;
    private long _segmentFirst = long.MaxValue;
    private long _segmentLast;

    private KeptBatches(Stream output, HashSet<string> registered) =>
        (_output, _registered) = (new GZipStream(output, CompressionLevel.SmallestSize, leaveOpen: true), registered);

    /// <summary>Writes the file of a segment; one that is there from a try before is replaced.</summary>
    /// <exception cref="StoreException">The segment has something else than members of the catalogue, fillers and batches.</exception>
    public static void Write(SegmentFolder segments, long segment, ReadPool readers)
    {
        var (length, members, registered) = readers.Ask(reader => (
            reader.Sql("SELECT length FROM segment WHERE id = ?1").Number(segment) ?? 0, Members(reader, segment), Registered(reader)));
        Directory.CreateDirectory(segments.KeptPath);
        var path = segments.KeptPathOf(segment);
        var temporary = path + SegmentFolder.Temporary;
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
                Write(file, segment, registered, Headers(segments, segment, length, members));
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            SegmentFolder.Remove(temporary);
        }
        Libc.SyncFolder(segments.KeptPath);
        Libc.SyncFolder(segments.Path);
    }

    public void Dispose() => _output.Dispose();

    private static void Write(FileStream file, long segment, HashSet<string> registered, IEnumerable<BatchHeader> headers)
    {
        using (var kept = new KeptBatches(file, registered))
        {
            foreach (var header in headers)
                kept.Add(header);
            kept.End(file, segment);
        }
        file.Flush(flushToDisk: true);
    }

    private void Add(BatchHeader header)
    {
        var minute = header.CommittedAt / 60_000;
        if (minute != _minute)
            EndMinute();
        if (_firstBatch == 0)
            _firstBatch = header.Batch;
        (_minute, _lastBatch) = (minute, header.Batch);
        (_segmentFirst, _segmentLast) = (Math.Min(_segmentFirst, header.Batch), Math.Max(_segmentLast, header.Batch));
        foreach (var outcome in header.Outcomes)
        {
            // Of an erased tenant no more than of lines of nobody.
            var tenant = outcome.Tenant is { } name && _registered.Contains(name) ? name : null;
            _outcomes[(tenant, outcome.Outcome)] = _outcomes.GetValueOrDefault((tenant, outcome.Outcome)) + outcome.Lines;
        }
        foreach (var file in header.Files)
        {
            var from = _files.TryGetValue((file.Inode, file.Head), out var before) ? before.From : file.From;
            _files[(file.Inode, file.Head)] = file with { From = from };
        }
    }

    private void EndMinute()
    {
        if (_firstBatch == 0)
            return;
        var minute = new KeptMinute(
            BatchHeader.CurrentVersion, _minute, _firstBatch, _lastBatch, [.. _files.Values],
            [.. _outcomes.Select(one => new OutcomeCount(one.Key.Tenant, one.Key.Outcome, one.Value))]);
        JsonSerializer.Serialize(_output, minute, SegmentJson.Default.KeptMinute);
        _output.WriteByte((byte)'\n');
        _outcomes.Clear();
        _files.Clear();
        _firstBatch = 0;
    }

    /// <summary>An empty member at the end says what was kept, and that it is whole.</summary>
    private void End(FileStream file, long segment)
    {
        EndMinute();
        _output.Dispose();
        var header = new KeptHeader(BatchHeader.CurrentVersion, segment, Math.Min(_segmentFirst, _segmentLast), _segmentLast);
        file.Write(GzipMember.Compress([], header.ToExtraField(), default).Span);
    }

    /// <summary>Walks through a segment from member to member.</summary>
    private static IEnumerable<BatchHeader> Headers(SegmentFolder segments, long segment, long length, Dictionary<long, long> members)
    {
        using var file = segments.OpenToRead(segment);
        for (var offset = 0L; offset < length;)
        {
            if (members.TryGetValue(offset, out var member))
            {
                offset += member;
                continue;
            }
            var extra = ReadEmpty(file, offset)
                ?? throw new StoreException($"the catalogue does not know the member at byte {offset}");
            offset += GzipMember.Smallest + extra.Length;
            if (extra is [(byte)'{', ..])
                yield return SegmentHeader.Read(extra, SegmentJson.Default.BatchHeader, segments.PathOf(segment));
        }
    }

    /// <summary>The extra data of a member without content; null for any other.</summary>
    private static byte[]? ReadEmpty(SafeFileHandle file, long offset)
    {
        var front = new byte[GzipMember.ExtraAt];
        if (RandomAccess.Read(file, front, offset) < front.Length || !GzipMember.HasOurExtra(front))
            return null;
        var rest = new byte[BinaryPrimitives.ReadUInt16LittleEndian(front.AsSpan(GzipMember.ExtraAt - 2)) + GzipMember.Smallest - GzipMember.ExtraAt];
        if (RandomAccess.Read(file, rest, offset + front.Length) < rest.Length || !rest.AsSpan().EndsWith(GzipMember.EmptyEnd))
            return null;
        return rest[..^GzipMember.EmptyEnd.Length];
    }

    /// <summary>Members with lines, and those of erased tenants that are not overwritten yet.</summary>
    private static Dictionary<long, long> Members(Reader reader, long segment)
    {
        var members = new Dictionary<long, long>();
        using var rows = reader.Sql("SELECT offset, length FROM member WHERE segment = ?1 UNION ALL SELECT offset, length FROM wipe WHERE segment = ?1").Rows(segment);
        while (rows.Read())
            members[rows.Long(0)] = rows.Long(1);
        return members;
    }

    private static HashSet<string> Registered(Reader reader)
    {
        var names = new HashSet<string>();
        using var rows = reader.Sql("SELECT name FROM tenant WHERE registered = 1").Rows();
        while (rows.Read())
            names.Add(rows.Text(0));
        return names;
    }
}
