using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using StatHub.Core.Tenants;

namespace StatHub.Storage.Segments;

/// <summary>A header that says what format it is of.</summary>
internal interface ISegmentHeader
{
    /// <summary>The version of the format.</summary>
    int Version { get; }

    /// <summary>Whose lines it is about; null where it is about those of several.</summary>
    string? Tenant => null;
}

/// <summary>Reads headers of segments.</summary>
internal static class SegmentHeader
{
    /// <summary>The header that is told.</summary>
    /// <param name="json">What tells it.</param>
    /// <param name="type">Which header it is.</param>
    /// <param name="path">The file that it is in.</param>
    /// <exception cref="JsonException">It is no such header.</exception>
    /// <exception cref="NewerSegmentException">It is of a version that is not known.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, string path)
        where T : class, ISegmentHeader
    {
        var header = JsonSerializer.Deserialize(json, type) ?? throw new JsonException("It is empty.");
        if (header.Version > BatchHeader.CurrentVersion)
            throw new NewerSegmentException($"Segment {Path.GetFileName(path)} has version {header.Version}, this StatHub knows versions up to {BatchHeader.CurrentVersion}. Use the newer StatHub that wrote it.");
        return header.Tenant is null || TenantId.TryParse(header.Tenant, out _) ? header : throw new JsonException("Its tenant is none.");
    }
}

/// <summary>Raw hits that a newer StatHub wrote: they are not damaged, and nothing may be done with them.</summary>
/// <param name="message">What is said of it.</param>
internal sealed class NewerSegmentException(string message) : StoreException(message);

/// <summary>The identity of a batch, in the extra field of its first, empty member. See docs/formats/segment.md.</summary>
internal sealed record BatchHeader(
    int Version, long Batch, long CommittedAt, IReadOnlyList<JournalStretch> Files, IReadOnlyList<OutcomeCount> Outcomes) : ISegmentHeader
{
    public const int CurrentVersion = 1;

    // Entries of either list stay below 300 bytes, so 200 of them fit one extra field.
    private const int MostEntries = 200;

    /// <summary>The extra fields of as many empty members as the identity needs.</summary>
    public IEnumerable<byte[]> ToExtraFields()
    {
        for (var at = 0; at == 0 || at < Math.Max(Files.Count, Outcomes.Count); at += MostEntries)
        {
            var part = this with { Files = [.. Files.Skip(at).Take(MostEntries)], Outcomes = [.. Outcomes.Skip(at).Take(MostEntries)] };
            yield return JsonSerializer.SerializeToUtf8Bytes(part, SegmentJson.Default.BatchHeader);
        }
    }
}

/// <summary>The part of a journal file that a batch covers.</summary>
internal sealed record JournalStretch(string Name, long Inode, int HeadLength, string Head, long From, long To);

/// <summary>How many lines had an outcome; without a tenant for those of nobody known.</summary>
internal sealed record OutcomeCount(string? Tenant, string Outcome, long Lines);

/// <summary>What a member holds, in its extra field.</summary>
internal sealed record MemberHeader(int Version, long Batch, string Tenant, int Day, int Lines, long First, long Last) : ISegmentHeader
{
    public byte[] ToExtraField() => JsonSerializer.SerializeToUtf8Bytes(this, SegmentJson.Default.MemberHeader);
}

/// <summary>What a compacted file holds, in the extra field of its first, empty member.</summary>
internal sealed record CompactedHeader(int Version, long Compaction, long Batch, string Tenant, int Day, long Lines) : ISegmentHeader
{
    public byte[] ToExtraField() => JsonSerializer.SerializeToUtf8Bytes(this, SegmentJson.Default.CompactedHeader);
}

/// <summary>What a member of a compacted file holds.</summary>
internal sealed record CompactedMemberHeader(
    int Version, long Compaction, long Batch, string Tenant, int Day, int Lines, long First, long Last, string FirstKey, string LastKey) : ISegmentHeader
{
    public byte[] ToExtraField() => JsonSerializer.SerializeToUtf8Bytes(this, SegmentJson.Default.CompactedMemberHeader);
}

/// <summary>What a removed young segment told of the batches of one minute.</summary>
internal sealed record KeptMinute(
    int Version, long Minute, long FirstBatch, long LastBatch, IReadOnlyList<JournalStretch> Files, IReadOnlyList<OutcomeCount> Outcomes) : ISegmentHeader;

/// <summary>Which batches are kept of a removed young segment, in the extra field of the last, empty member.</summary>
internal sealed record KeptHeader(int Version, long Segment, long FirstBatch, long Batch) : ISegmentHeader
{
    public byte[] ToExtraField() => JsonSerializer.SerializeToUtf8Bytes(this, SegmentJson.Default.KeptHeader);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BatchHeader))]
[JsonSerializable(typeof(MemberHeader))]
[JsonSerializable(typeof(KeptMinute))]
[JsonSerializable(typeof(KeptHeader))]
[JsonSerializable(typeof(CompactedHeader))]
[JsonSerializable(typeof(CompactedMemberHeader))]
internal sealed partial class SegmentJson : JsonSerializerContext;
