namespace StatHub.Contracts.Events;

/// <summary>Events that are on disk and will be counted.</summary>
/// <param name="Accepted">How many.</param>
/// <param name="Ids">Their names, in the order in which they were sent.</param>
public sealed record EventsAccepted(int Accepted, IReadOnlyList<string> Ids);
