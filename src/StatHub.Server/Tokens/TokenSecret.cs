using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace StatHub.Server.Tokens;

/// <summary>The secret text of a token: <c>sth_</c> and 32 random bytes in base64url. Only the SHA-256 of the text is stored.</summary>
internal static class TokenSecret
{
    public const int HashLength = SHA256.HashSizeInBytes;

    private const string Prefix = "sth_";
    private const int Length = 47;

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Hashes a text that has the form of a token; false for others.</summary>
    public static bool TryHash(ReadOnlySpan<char> text, Span<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text.Length != Length || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || !Encoding.UTF8.TryGetBytes(text, bytes, out var written) || written != Length)
            return false;
        SHA256.HashData(bytes, hash);
        return true;
    }

    public static byte[] Hash(string secret)
    {
        var hash = new byte[HashLength];
        return TryHash(secret, hash) ? hash : throw new FormatException("That is not a token: sth_ and 43 characters.");
    }
}
