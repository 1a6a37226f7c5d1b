using System.Security.Cryptography;
using StatHub.Core.Privacy;
using StatHub.Core.Sketches;

namespace StatHub.Tests.Memory;

/// <summary>Salts that are kept for the life of the process.</summary>
public sealed class MemorySalts : IVisitorSalts
{
    private readonly Dictionary<int, byte[]> _salts = [];

    public ReadOnlySpan<byte> Of(int day)
    {
        if (!_salts.TryGetValue(day, out var salt))
            _salts[day] = salt = RandomNumberGenerator.GetBytes(VisitorHash.SaltBytes);
        return salt;
    }
}
