namespace StatHub.Core.Events;

/// <summary>How the events of a batch are named that may have been sent before.</summary>
/// <param name="Name">The name of the event at a place, of an instant in Unix milliseconds; null for one that nobody has.</param>
/// <param name="IsThere">Whether the event of a name is in the journal or the store already, so that it is left out.</param>
public sealed record EventNaming(Func<int, long, string>? Name, Func<string, bool> IsThere);
