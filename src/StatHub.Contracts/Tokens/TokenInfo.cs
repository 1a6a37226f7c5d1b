using System.Text.Json.Serialization;

namespace StatHub.Contracts.Tokens;

/// <summary>A token.</summary>
/// <param name="Id">Its number, for revoking it.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Scopes">What it may do: <c>read</c>, <c>write</c>, <c>admin</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Token">The secret: only in the answer that made the token.</param>
public sealed record TokenInfo(
    long Id,
    string Name,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Token = null);

/// <summary>A token to make.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Scopes">At least one of <c>read</c>, <c>write</c>, <c>admin</c>.</param>
public sealed record NewToken(string? Name = null, IReadOnlyList<string>? Scopes = null);
