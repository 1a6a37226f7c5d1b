using System.Text.Json.Serialization;

namespace StatHub.Contracts.Tokens;

/// <summary>A token.</summary>
/// <param name="Id">Its number, for revoking it.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Scopes">What it may do: <c>read</c>, <c>write</c>, <c>admin</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it is not valid any more; absent for never.</param>
/// <param name="LastUsedAt">When it was used last, to the minute; absent while it never was.</param>
/// <param name="Token">The secret: only in the answer that made the token.</param>
public sealed record TokenInfo(
    long Id,
    string Name,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ExpiresAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? LastUsedAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Token = null);

/// <summary>A token to make.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Scopes">At least one of <c>read</c>, <c>write</c>, <c>admin</c>.</param>
/// <param name="ExpiresAt">From when on it is not valid any more; without it and <paramref name="ExpiresInDays"/> it is valid until it is revoked.</param>
/// <param name="ExpiresInDays">After how many days it is not valid any more, 1 to 36,500.</param>
public sealed record NewToken(
    string? Name = null,
    IReadOnlyList<string>? Scopes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ExpiresAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? ExpiresInDays = null);

/// <summary>How a token is to be replaced.</summary>
/// <param name="OverlapHours">How many hours the old one stays valid beside the new one, 0 to 720; 24 when absent.</param>
public sealed record TokenRotation(int? OverlapHours = null);
