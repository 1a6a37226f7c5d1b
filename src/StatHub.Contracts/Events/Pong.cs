namespace StatHub.Contracts.Events;

/// <summary>The answer of <c>/ping/</c>.</summary>
/// <param name="Status">Always <c>ok</c>.</param>
/// <param name="Version">The version of the service.</param>
/// <param name="Name">Always <c>stathub</c>.</param>
public sealed record Pong(string Status, string Version, string Name);
