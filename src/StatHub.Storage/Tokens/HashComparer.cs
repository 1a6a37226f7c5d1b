using System.Security.Cryptography;
using StatHub.Core.Text;

namespace StatHub.Storage.Tokens;

/// <summary>Compares hashes of tokens in a time that does not depend on how much of them is the same.</summary>
internal sealed class HashComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly HashComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => CryptographicOperations.FixedTimeEquals(x, y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => CryptographicOperations.FixedTimeEquals(alternate, other);

    public int GetHashCode(byte[] obj) => BytesComparer.Instance.GetHashCode(obj);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => BytesComparer.Instance.GetHashCode(alternate);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
