using StatHub.Core.Dimensions;
using StatHub.Core.Events;
using StatHub.Core.Hits;
using StatHub.Core.Privacy;
using StatHub.Core.Sketches;
using StatHub.Core.Tenants;
using StatHub.Core.Time;

namespace StatHub.Core.Journal;

/// <summary>
/// Gives every line its outcome and sums it. What stands between two newlines is usually one line; where a write was
/// cut short it is a fragment with the next line glued to it, and then each piece has an outcome of its own.
/// </summary>
public sealed class HitBatchBuilder(
    TenantDirectory tenants, DimensionReader dimensions, PrivacyRules privacy, IVisitorSalts salts, ITenantBounds bounds, long nowMilliseconds)
{
    private readonly HitParser _parser = new();

    /// <summary>What was added so far.</summary>
    public HitBatch Batch { get; } = new();

    /// <summary>Adds what stands between two newlines, or between the last newline and the end of a file nobody writes to.</summary>
    /// <param name="line">The bytes without the newline.</param>
    /// <param name="file">The parsed name of the file.</param>
    /// <param name="fileName">The name of the file, for samples.</param>
    /// <param name="offset">Where the line begins in the file.</param>
    public void Add(ReadOnlySpan<byte> line, JournalFileName file, string fileName, long offset)
    {
        var outcome = _parser.Read(line, file, nowMilliseconds, out var hit);
        if (outcome is not (RejectReason.Malformed or RejectReason.TooLong))
        {
            Note(outcome, ref hit, line, fileName, offset);
            return;
        }
        var next = HitLine.NextBeginning(line);
        while (next > 0)
        {
            AddPiece(line[..next], glued: true, file, fileName, offset);
            line = line[next..];
            offset += next;
            next = HitLine.NextBeginning(line);
        }
        AddPiece(line, glued: false, file, fileName, offset);
    }

    /// <summary>Adds a line that was counted before, under another name or inode of its file.</summary>
    public void AddDuplicate(ReadOnlySpan<byte> line, JournalFileName file)
    {
        _parser.Read(line, file, nowMilliseconds, out var hit);
        Batch.Note(Owner(hit.Tenant) is { } owner ? Batch.Tenant(owner) : null, RejectReason.Duplicate);
    }

    /// <summary>Adds a line of which only the end is still at hand, because it is far too long.</summary>
    public void AddTooLong(ReadOnlySpan<byte> end, string fileName, long offset)
    {
        Batch.Note(null, RejectReason.TooLong);
        Batch.Keep(RejectReason.TooLong, fileName, offset, end);
    }

    private void AddPiece(ReadOnlySpan<byte> piece, bool glued, JournalFileName file, string fileName, long offset)
    {
        var outcome = _parser.ReadPiece(piece, glued, file, nowMilliseconds, out var hit);
        Note(outcome, ref hit, piece, fileName, offset);
    }

    private void Note(RejectReason outcome, ref ParsedHit hit, ReadOnlySpan<byte> line, string fileName, long offset)
    {
        var owner = Owner(hit.Tenant);
        if (owner is null && !hit.Tenant.IsEmpty)
            outcome = RejectReason.UnknownTenant;
        else if (owner is { Registered: false } || (owner is not null && outcome == RejectReason.None && hit.UnixMilliseconds < owner.ErasedAt))
            outcome = RejectReason.TenantErased;
        else if (owner is not null && outcome == RejectReason.None && IsKnownEvent(owner, hit))
            outcome = RejectReason.Duplicate;
        else if (owner is not null && outcome == RejectReason.None && !bounds.TakesHit(owner, UtcDay.OfMilliseconds(hit.UnixMilliseconds)))
            outcome = RejectReason.Quota;

        var tenant = owner is null ? null : Batch.Tenant(owner);
        Batch.Note(tenant, outcome);
        if (outcome == RejectReason.None)
            Count(tenant!, ref hit, line);
        else if (outcome is not (RejectReason.TenantErased or RejectReason.Duplicate))
            Batch.Keep(outcome, fileName, offset, line);
    }

    private void Count(TenantBatch tenant, ref ParsedHit hit, ReadOnlySpan<byte> line)
    {
        if (!hit.ChosenId.IsEmpty)
            tenant.Add(new ChosenEvent(EventId.Hash(hit.ChosenId), hit.UnixMilliseconds), bounds);
        var labels = dimensions.Read(line, _parser.Line);
        var leavesNoTrace = privacy.LeavesNoTrace(line, _parser.Line);
        if (!leavesNoTrace)
            labels.Visitor = Visitor(hit, line);
        tenant.Add(tenant.Key(ref hit.Key, bounds), hit.UnixMilliseconds, hit.Millionths, labels);
        var day = tenant.Day(hit.UnixMilliseconds);
        StoredHit.Write(hit, line, _parser.Line.Members, labels, leavesNoTrace ? AddressTreatment.None : privacy.Addresses, day.Writer);
        day.Ended(hit.UnixMilliseconds);
    }

    /// <summary>What a client called an event it may not call another.</summary>
    private bool IsKnownEvent(TenantEntry owner, in ParsedHit hit) => !hit.ChosenId.IsEmpty && bounds.HasEvent(owner, EventId.Hash(hit.ChosenId));

    /// <summary>A user agent alone is nobody in particular. An event says itself who it was.</summary>
    private ulong? Visitor(in ParsedHit hit, ReadOnlySpan<byte> line)
    {
        var address = _parser.Line.Text(line, _parser.Line.Has(HitField.EventId) ? HitField.Uid : HitField.RemoteAddr);
        if (address.IsEmpty)
            return null;
        return VisitorHash.Of(salts.Of(UtcDay.OfMilliseconds(hit.UnixMilliseconds)), hit.Tenant, address, _parser.Line.Text(line, HitField.UserAgent));
    }

    private TenantEntry? Owner(ReadOnlySpan<byte> tenant) => tenants.TryFind(tenant, out var entry) ? entry : null;
}
