using System.IO.Compression;
using System.Text.Json;
using StatHub.Core.Journal;
using StatHub.Storage.Hits;
using StatHub.Storage.Segments;

namespace StatHub.Storage.Recovery;

/// <summary>What a young segment tells of itself.</summary>
internal sealed class YoungSegment(long number, string path)
{
    private readonly List<BatchNote> _notes = [];
    private readonly List<YoungMember> _members = [];
    private bool _lastHasFillers;
    private long _lastBegin;

    /// <summary>What is told of its batches, in their order.</summary>
    public IReadOnlyList<BatchNote> Notes => _notes;

    /// <summary>Its members with lines.</summary>
    public IReadOnlyList<YoungMember> Members => _members;

    /// <summary>Its number.</summary>
    public long Number => number;

    /// <summary>Where the last batch ends, in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Why what follows is not understood; null when everything is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads the headers of a segment.</summary>
    public static YoungSegment Read(long number, string path)
    {
        var segment = new YoungSegment(number, path);
        try
        {
            foreach (var member in MemberScan.Members(path))
                segment.Add(member);
        }
        catch (Exception exception) when (exception is JsonException or StoreException and not NewerSegmentException)
        {
            segment.Problem = $"Segment {Path.GetFileName(path)} cannot be understood behind byte {segment.Length}: {exception.Message}";
        }
        return segment;
    }

    /// <summary>Whether the last batch has all of its lines: a crash may have cut it short. Of erased tenants they are gone.</summary>
    public bool IsLastWhole()
    {
        var batch = _notes[^1];
        var members = _members.Where(member => member.Header.Batch == batch.Last).ToList();
        return batch.Outcomes.Where(outcome => outcome.Outcome == RejectReason.None.Name()).All(outcome =>
        {
            var lines = members.Where(member => member.Header.Tenant == outcome.Tenant).Sum(member => (long)member.Header.Lines);
            return lines == outcome.Lines || (lines == 0 && _lastHasFillers);
        }) && members.All(member => IsReadable(member) || TryShorten(member));
    }

    /// <summary>Leaves out the last batch, which was not committed.</summary>
    public void DropLast()
    {
        var batch = _notes[^1].Last;
        _notes.RemoveAt(_notes.Count - 1);
        _members.RemoveAll(member => member.Header.Batch == batch);
        Length = _lastBegin;
    }

    private void Add(FoundMember member)
    {
        if (!member.HasHeader)
            _lastHasFillers = true;
        else if (member.TellsOfBatch)
            Note(member);
        else
            AddLines(member);
        Length = member.Offset + (member.HasHeader && !member.TellsOfBatch ? member.Length : GzipMember.Smallest + member.Extra.Length);
    }

    private void Note(FoundMember member)
    {
        var header = SegmentHeader.Read(member.Extra, SegmentJson.Default.BatchHeader, path);
        if (_notes.Count > 0 && _notes[^1].Last == header.Batch)
        {
            _notes[^1] = _notes[^1].With(header);
            return;
        }
        _notes.Add(BatchNote.Of(header));
        (_lastBegin, _lastHasFillers) = (member.Offset, false);
    }

    private void AddLines(FoundMember member)
    {
        var header = SegmentHeader.Read(member.Extra, SegmentJson.Default.MemberHeader, path);
        if (_notes.Count == 0)
            throw new StoreException("Lines come before what is told of their batch.");
        _members.Add(new YoungMember(header, _notes[^1].CommittedAt, number, member.Offset, member.Length));
    }

    /// <summary>A crash may have left some bytes of a next member that are too few to tell.</summary>
    private bool TryShorten(YoungMember member)
    {
        for (var less = 1; less < GzipMember.ExtraAt && member == _members[^1]; less++)
        {
            var shorter = member with { Length = member.Length - less };
            if (!IsReadable(shorter))
                continue;
            _members[^1] = shorter;
            Length -= less;
            return true;
        }
        return false;
    }

    private bool IsReadable(YoungMember member)
    {
        using var file = SegmentFolder.OpenToRead(path);
        using var content = new GZipStream(new FileSlice(file, member.Offset, member.Length), CompressionMode.Decompress);
        try
        {
            content.CopyTo(Stream.Null);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
