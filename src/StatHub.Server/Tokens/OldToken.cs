using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace StatHub.Server.Tokens;

/// <summary>
/// A token of stats-service: base64url, padding kept, of a JSON payload and the HMAC-SHA512 of it. The key is derived from a secret by HKDF (RFC 5869), as
/// Mozilla's tokenlib does. <c>expires</c> in the payload was never looked at, and is not here.
/// </summary>
internal static class OldToken
{
    private const int SignatureLength = HMACSHA512.HashSizeInBytes;

    private static readonly byte[] Salt = new byte[SignatureLength];
    private static readonly byte[] Info = "services.mozilla.com/tokenlib/v1/signing"u8.ToArray();

    /// <summary>Whose token it is; null when it is none, or its signature is not that of the secret.</summary>
    public static string? Identity(string token, string secret)
    {
        if (!TryDecode(token, out var bytes))
            return null;
        var payload = bytes.AsSpan(..^SignatureLength);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA512, Encoding.UTF8.GetBytes(secret), SignatureLength, Salt, Info);
        return CryptographicOperations.FixedTimeEquals(HMACSHA512.HashData(key, payload), bytes.AsSpan(^SignatureLength..)) ? ReadIdentity(payload) : null;
    }

    private static bool TryDecode(string token, out byte[] bytes)
    {
        bytes = [];
        if (!TokenSecret.HasForm(token) || !Base64Url.IsValid(token))
            return false;
        bytes = Base64Url.DecodeFromChars(token);
        return bytes.Length > SignatureLength;
    }

    private static string? ReadIdentity(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        try
        {
            return JsonElement.TryParseValue(ref reader, out var json) && json is { ValueKind: JsonValueKind.Object } claims
                && claims.TryGetProperty("identity", out var identity) && identity.ValueKind == JsonValueKind.String
                ? identity.GetString()
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or a text that is no UTF-16.
            return null;
        }
    }
}
