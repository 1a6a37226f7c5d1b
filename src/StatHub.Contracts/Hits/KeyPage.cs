namespace StatHub.Contracts.Hits;

/// <summary>Some keys of a tenant, in the order of their bytes.</summary>
/// <param name="Keys">The keys.</param>
/// <param name="Next">The <c>cursor</c> of the next page; null on the last one.</param>
public sealed record KeyPage(IReadOnlyList<KeyInfo> Keys, string? Next);

/// <summary>A key and what is known of it.</summary>
/// <param name="Key">The key, decoded.</param>
/// <param name="Hits">All its hits.</param>
/// <param name="First">When the earliest was.</param>
/// <param name="Last">When the latest was.</param>
public sealed record KeyInfo(string Key, long Hits, DateTimeOffset First, DateTimeOffset Last);
