namespace StatHub.Cli.Rest;

/// <summary>An answer of the API.</summary>
/// <param name="Value">What it says.</param>
/// <param name="Json">How it says it, to the byte.</param>
internal sealed record RestAnswer<T>(T Value, string Json);
