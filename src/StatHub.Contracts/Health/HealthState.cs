namespace StatHub.Contracts.Health;

/// <summary>That all is well; what is not is a <see cref="Problem"/>.</summary>
/// <param name="Status"><c>alive</c> or <c>ready</c>.</param>
public sealed record HealthState(string Status);
