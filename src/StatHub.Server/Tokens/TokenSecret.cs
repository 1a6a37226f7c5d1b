using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace StatHub.Server.Tokens;

/// <summary>
/// The secret text of a token. Ours are <c>sth_</c> and 32 random bytes in base64url; those that were imported are as they were. Only the SHA-256 of the
/// text is stored.
/// </summary>
internal static class TokenSecret
{
    public const int HashLength = SHA256.HashSizeInBytes;

    private const string Prefix = "sth_";
    private const int Length = 47;
    private const int ShortestText = 20;
    private const int LongestText = 1024;

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether a text may be a token: base64url with its padding, neither short nor endless.</summary>
    public static bool HasForm(ReadOnlySpan<char> text) =>
        text.Length is >= ShortestText and <= LongestText && text.TrimEnd('=') is var bare
        && text.Length - bare.Length <= 2 && !bare.ContainsAnyExcept(Characters);

    /// <summary>Hashes a text that may be a token; false for others.</summary>
    public static bool TryHash(ReadOnlySpan<char> text, Span<byte> hash)
    {
        if (!HasForm(text))
            return false;
        Span<byte> bytes = stackalloc byte[text.Length];
        SHA256.HashData(bytes[..Encoding.ASCII.GetBytes(text, bytes)], hash);
        return true;
    }

    /// <summary>Whether a text is one of ours.</summary>
    public static bool IsOurs(ReadOnlySpan<char> text) => text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && HasForm(text);

    /// <exception cref="FormatException">The text cannot be a token.</exception>
    public static byte[] Hash(string secret)
    {
        var hash = new byte[HashLength];
        return TryHash(secret, hash) ? hash : throw new FormatException("That is not a token.");
    }
}
