using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace StatHub.Tests.Server.Tokens;

/// <summary>Makes tokens of stats-service as its documentation has them, and files that list them.</summary>
internal static class AccessJson
{
    /// <summary>base64url(payload ‖ HMAC-SHA512(key, payload)), where HKDF-SHA512 with one block of output gives the key.</summary>
    public static string Token(string payload, string secret)
    {
        var pseudoRandom = HMACSHA512.HashData(new byte[64], Encoding.UTF8.GetBytes(secret));
        var key = HMACSHA512.HashData(pseudoRandom, (byte[])[.. "services.mozilla.com/tokenlib/v1/signing"u8, 1]);
        byte[] signed = [.. Encoding.UTF8.GetBytes(payload), .. HMACSHA512.HashData(key, Encoding.UTF8.GetBytes(payload))];
        return Convert.ToBase64String(signed).Replace('+', '-').Replace('/', '_');
    }

    public static string TokenOf(string identity, string secret, string salt = "f26f27") =>
        Token($$"""{"expires": 10, "salt": "{{salt}}", "identity": "{{identity}}"}""", secret);

    public static JsonObject User(JsonNode? id, string? username, params (string Token, string Secret)[] tokens) => new()
    {
        ["id"] = id,
        ["username"] = username,
        ["name"] = "The Website",
        ["roles"] = new JsonArray("a member that nobody knows"),
        ["tokens"] = new JsonArray(
            [.. tokens.Select(token => new JsonObject { ["access_token"] = token.Token, ["access_secret"] = token.Secret, ["note"] = "x" })]),
    };

    public static string File(params JsonObject[] users) => new JsonArray([.. users]).ToJsonString();
}
