using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;

namespace StatHub.Core.Journal;

/// <summary>Tells what becomes of a journal line, what is read from it, and whether it was counted. Not safe for several threads.</summary>
public sealed class LineExplainer(ITenantStore tenants, IRawHits raw, DimensionReader dimensions)
{
    private readonly HitParser _parser = new();
    private readonly HitLine _stored = new();

    /// <summary>Explains a line.</summary>
    /// <param name="line">The line without its newline.</param>
    /// <param name="now">The clock.</param>
    public LineExplanation Explain(ReadOnlySpan<byte> line, DateTimeOffset now)
    {
        var outcome = _parser.ReadPiece(line, glued: false, JournalFileName.LiveFile, now.ToUnixTimeMilliseconds(), out var hit);
        var next = outcome is RejectReason.Torn or RejectReason.Malformed ? HitLine.NextBeginning(line) : 0;
        var glued = next > 0;
        if (glued)
        {
            // What is told is told of the first piece.
            line = line[..next];
            outcome = _parser.ReadPiece(line, glued, JournalFileName.LiveFile, now.ToUnixTimeMilliseconds(), out hit);
        }
        var tenant = hit.Tenant.IsEmpty ? default : TenantId.Parse(Encoding.ASCII.GetString(hit.Tenant));
        if (!hit.Tenant.IsEmpty && tenants.Find(tenant) is null)
            outcome = RejectReason.UnknownTenant;
        if (outcome != RejectReason.None)
            return new LineExplanation(outcome, glued, hit.Tenant.IsEmpty ? null : tenant, null, null, null, null, [], 0);

        var key = HitKey.FromValidUtf8(hit.Key);
        var instant = DateTimeOffset.FromUnixTimeMilliseconds(hit.UnixMilliseconds);
        var labels = dimensions.Read(line, _parser.Line);
        var values = new List<KeyValuePair<string, string>>();
        foreach (var value in labels)
        {
            var name = new DimensionName(value.Dimension, Encoding.ASCII.GetString(value.Name));
            values.Add(new KeyValuePair<string, string>(name.ToString(), Encoding.UTF8.GetString(value.Value)));
        }
        var bot = labels.Bot == Dimensions.Clients.BotReason.None ? null : Dimensions.Clients.BotReasons.Name(labels.Bot);
        var found = Count(line, new HitScope(tenant, key), instant) + Count(line, new HitScope(tenant, HitKey.Overflow), instant);
        return new LineExplanation(outcome, glued, tenant, key, instant, new ValueSum(hit.Millionths), bot, values, found);
    }

    /// <summary>How many raw hits of a scope were made of a line: what nginx numbers and the request are the same.</summary>
    private int Count(ReadOnlySpan<byte> line, HitScope scope, DateTimeOffset instant)
    {
        var minute = MinuteRange.MinuteOf(instant);
        using var hits = raw.Open(scope, new MinuteRange(minute, minute + 1), null);
        var count = 0;
        for (var block = hits.Read(int.MaxValue); !block.IsEmpty; block = hits.Read(int.MaxValue))
        {
            foreach (var range in block.Span.Split((byte)'\n'))
                count += IsMadeOf(block.Span[range], line) ? 1 : 0;
        }
        return count;
    }

    private bool IsMadeOf(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> line)
    {
        if (stored.IsEmpty || !_stored.TryRead(stored))
            return false;
        foreach (var field in (ReadOnlySpan<HitField>)[HitField.Msec, HitField.Connection, HitField.ConnectionRequests, HitField.Request, HitField.Args, HitField.UserAgent])
        {
            if (!_stored.Text(stored, field).SequenceEqual(_parser.Line.Text(line, field)))
                return false;
        }
        return true;
    }
}

/// <summary>What becomes of a line, and why.</summary>
/// <param name="Outcome">The outcome that it has when it is read now.</param>
/// <param name="IsGlued">Several lines are glued together: each piece has an outcome of its own.</param>
/// <param name="Tenant">Its tenant; null where it has no valid one.</param>
/// <param name="Key">Its key; null when it is refused.</param>
/// <param name="Instant">When the hit was; null when it is refused.</param>
/// <param name="Value">Its value; null when it is refused.</param>
/// <param name="Bot">Why it is taken for a bot's; null when it is not.</param>
/// <param name="Dimensions">What is read from it, by the name of the dimension.</param>
/// <param name="Found">How many raw hits were made of it so far: 1 when it was counted, 0 when it was not, or its raw hits are not kept any more.</param>
public sealed record LineExplanation(
    RejectReason Outcome, bool IsGlued, TenantId? Tenant, HitKey? Key, DateTimeOffset? Instant, ValueSum? Value, string? Bot,
    IReadOnlyList<KeyValuePair<string, string>> Dimensions, int Found);
