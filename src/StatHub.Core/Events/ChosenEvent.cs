namespace StatHub.Core.Events;

/// <summary>An event that a client gave a name.</summary>
/// <param name="Id">The <see cref="EventId.Hash(string)"/> of the name.</param>
/// <param name="UnixMilliseconds">When it was.</param>
public readonly record struct ChosenEvent(UInt128 Id, long UnixMilliseconds);
