using System.Text.Json.Serialization;

namespace StatHub.Contracts.Jobs;

/// <summary>Long work that the service is to do.</summary>
/// <param name="Kind">Which: <c>verify</c>, <c>compact</c>, <c>rebuild</c> or <c>backup</c>.</param>
/// <param name="Tenant">One tenant; all when absent.</param>
/// <param name="From">The first UTC day; from the beginning when absent.</param>
/// <param name="To">The UTC day behind the last; without an end when absent.</param>
public sealed record NewJob(string? Kind = null, string? Tenant = null, DateOnly? From = null, DateOnly? To = null);

/// <summary>Long work of the service, one after another.</summary>
/// <param name="Id">Its number, counted from the start of the service.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Tenant">The one tenant that it is about; absent when all.</param>
/// <param name="From">The first UTC day that it is about; absent when from the beginning.</param>
/// <param name="To">The UTC day behind the last; absent when there is no end.</param>
/// <param name="State"><c>queued</c>, <c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Progress">How far it has come; absent before it runs.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="StartedAt">When it began to run.</param>
/// <param name="EndedAt">When it ended, however it did.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Verified">What a <c>verify</c> found.</param>
/// <param name="Compacted">What a <c>compact</c> did.</param>
/// <param name="Rebuilt">What a <c>rebuild</c> did.</param>
/// <param name="BackedUp">What a <c>backup</c> made.</param>
public sealed record JobInfo(
    long Id,
    string Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tenant,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? From,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? To,
    string State,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JobProgress? Progress,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? StartedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? EndedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] VerifyResult? Verified,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CompactResult? Compacted = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RebuildResult? Rebuilt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BackupResult? BackedUp = null);

/// <summary>How far a job has come.</summary>
/// <param name="Done">How much is done.</param>
/// <param name="Total">How much there is to do, as far as that is known.</param>
/// <param name="Unit">What is counted, such as <c>hits</c>.</param>
public sealed record JobProgress(long Done, long Total, string Unit);

/// <summary>What was compared, and all that is not as it should be.</summary>
/// <param name="Clean">Whether everything is.</param>
/// <param name="Tenants">How many tenants were compared.</param>
/// <param name="Days">How many days of tenants were compared.</param>
/// <param name="Hits">How many raw hits were read.</param>
/// <param name="UnlabelledDays">How many of the days hold hits that an earlier version, or other patterns of clients, counted; of those browsers, bots or visitors are not compared.</param>
/// <param name="ExpiredDays">How many further days have sums whose raw hits are not kept any more.</param>
/// <param name="DifferenceCount">How many differences there are.</param>
/// <param name="Differences">The first 1,000 of them.</param>
public sealed record VerifyResult(
    bool Clean, int Tenants, long Days, long Hits, long UnlabelledDays, long ExpiredDays, long DifferenceCount, IReadOnlyList<VerifyDifference> Differences);

/// <summary>Something that is not as it should be.</summary>
/// <param name="Tenant">Whose it is; absent for the whole store.</param>
/// <param name="Day">The UTC day; absent for none in particular.</param>
/// <param name="Key">The key; absent for the tenant as a whole.</param>
/// <param name="What">What was compared, such as <c>hits</c>.</param>
/// <param name="Expected">What follows from the raw hits, or from the finer sums.</param>
/// <param name="Found">What the store says.</param>
public sealed record VerifyDifference(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tenant,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? Day,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key,
    string What,
    string Expected,
    string Found);

/// <summary>What a compaction did.</summary>
/// <param name="Days">How many days of tenants are in new files.</param>
/// <param name="Hits">The hits in them.</param>
/// <param name="BytesBefore">What they took before.</param>
/// <param name="BytesAfter">What they take now.</param>
/// <param name="SegmentsRemoved">How many young segments are gone.</param>
/// <param name="Problems">Days and young segments that were left as they are, and why.</param>
public sealed record CompactResult(int Days, long Hits, long BytesBefore, long BytesAfter, int SegmentsRemoved, IReadOnlyList<string> Problems);

/// <summary>What a rebuild did.</summary>
/// <param name="Tenants">How many tenants were looked at.</param>
/// <param name="Days">How many days of tenants were labelled and summed again.</param>
/// <param name="Hits">How many raw hits were read.</param>
/// <param name="Relabelled">How many of them have another label than before.</param>
/// <param name="Replaced">How many times the sums of a key and day, or of a tenant and day, were not those of their raw hits.</param>
/// <param name="ExpiredDays">How many further days have sums whose raw hits are not kept any more: they stay as they are.</param>
/// <param name="Problems">Days that were left as they are, and why.</param>
public sealed record RebuildResult(int Tenants, long Days, long Hits, long Relabelled, long Replaced, long ExpiredDays, IReadOnlyList<string> Problems);

/// <summary>A backup that is whole.</summary>
/// <param name="Path">Its folder on the machine of the service.</param>
/// <param name="Batch">The last commit that is in it.</param>
/// <param name="Files">How many files it has, the manifest not counted.</param>
/// <param name="Bytes">Their length together.</param>
/// <param name="LinkedBytes">How much of that it shares with the backup before it.</param>
/// <param name="Removed">How many older backups were removed.</param>
public sealed record BackupResult(string Path, long Batch, int Files, long Bytes, long LinkedBytes, int Removed);
