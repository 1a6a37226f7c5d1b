namespace StatHub.Client;

/// <summary>What became of all events so far.</summary>
/// <param name="Waiting">How many wait in the queue or are being sent.</param>
/// <param name="Accepted">How many StatHub has on disk.</param>
/// <param name="Dropped">How many are lost: the queue was full, StatHub would never take them, or the client ended before they were sent.</param>
/// <param name="FailedRequests">How many requests with events failed; what was in them was sent again where it could be.</param>
/// <param name="LastFailure">What was wrong with the last of them, or with the last event that was dropped; null when nothing ever was.</param>
public sealed record EventStatistics(long Waiting, long Accepted, long Dropped, long FailedRequests, string? LastFailure);
