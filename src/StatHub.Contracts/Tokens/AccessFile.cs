using System.Text.Json;
using System.Text.Json.Serialization;

namespace StatHub.Contracts.Tokens;

/// <summary>A user in the <c>access.json</c> of stats-service; members that are not known are passed over.</summary>
/// <param name="Id">A number or a text.</param>
/// <param name="Username">What the user's tokens call their identity, if not the id.</param>
/// <param name="Name">What people call the user.</param>
/// <param name="Tokens">The user's tokens.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record AccessUser(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Id = null,
    string? Username = null,
    string? Name = null,
    IReadOnlyList<AccessToken>? Tokens = null);

/// <summary>A token in an <c>access.json</c>.</summary>
/// <param name="Token">base64url of the payload and its signature.</param>
/// <param name="Secret">What the signature was made with.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record AccessToken(
    [property: JsonPropertyName("access_token")] string? Token = null,
    [property: JsonPropertyName("access_secret")] string? Secret = null);

/// <summary>What became of the tokens of an <c>access.json</c>.</summary>
/// <param name="Imported">How many are valid here from now on.</param>
/// <param name="Known">How many were already.</param>
/// <param name="Refused">How many are not taken.</param>
/// <param name="Tokens">Each of them, in the order of the file.</param>
public sealed record TokenImportReport(int Imported, int Known, int Refused, IReadOnlyList<ImportedToken> Tokens);

/// <summary>What became of one token of an <c>access.json</c>.</summary>
/// <param name="User">Whose it is: the username, or the id.</param>
/// <param name="Number">Which of the user's tokens it is, from 1.</param>
/// <param name="Outcome"><c>imported</c>, <c>known</c> or <c>refused</c>.</param>
/// <param name="Id">Its number here; absent when it was refused.</param>
/// <param name="Why">Why it was refused; absent otherwise.</param>
public sealed record ImportedToken(
    string User,
    int Number,
    string Outcome,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Why = null);
