using System.Security.Cryptography;
using System.Text;

namespace StatHub.Core.Logs.Ringserver;

/// <summary>
/// A client's name that is not its name: the first 12 characters of base64 of SHA-256 over it in UTF-8. Whoever has a list of names can find it in there; a key, with
/// which it is HMAC-SHA256, makes that impossible for those who have not got it.
/// </summary>
public sealed class HostHash
{
    /// <summary>How many characters it has.</summary>
    public const int Length = 12;

    /// <summary>Without a key: the same everywhere.</summary>
    public static readonly HostHash Unkeyed = new(null);

    // 12 characters of base64.
    private const int HashBytes = 9;

    private readonly byte[]? _key;

    /// <summary>Uses a key.</summary>
    /// <param name="key">The key; null or empty for none.</param>
    public HostHash(string? key) => _key = string.IsNullOrEmpty(key) ? null : Encoding.UTF8.GetBytes(key);

    /// <summary>The hash of a host's name.</summary>
    public string Of(ReadOnlySpan<byte> host)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (_key is null)
            SHA256.HashData(host, hash);
        else
            HMACSHA256.HashData(_key, host, hash);
        return Convert.ToBase64String(hash[..HashBytes]);
    }
}
