using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace StatHub.Cli.Commands.Hits;

/// <summary>
/// Tells new hits from those that were seen. Answers overlap, because lines of different nginx workers are read a little
/// out of order; a line that the overlap has twice is two hits only when one answer has it twice.
/// </summary>
internal sealed class HitWindow
{
    private readonly Dictionary<UInt128, (int Seen, long Instant)> _seen = [];
    private readonly Dictionary<UInt128, int> _inAnswer = [];

    /// <summary>Hits up to this instant, in Unix milliseconds, are settled.</summary>
    public long Settled { get; private set; } = long.MinValue;

    /// <summary>Begins an answer.</summary>
    public void Begin() => _inAnswer.Clear();

    /// <summary>Whether a line of the answer is a hit that was not seen yet.</summary>
    public bool IsNew(ReadOnlySpan<byte> line)
    {
        var instant = InstantOf(line);
        if (instant <= Settled)
            return false;
        var hash = Hash(line);
        var number = _inAnswer[hash] = _inAnswer.GetValueOrDefault(hash) + 1;
        if (number <= _seen.GetValueOrDefault(hash).Seen)
            return false;
        _seen[hash] = (number, instant);
        return true;
    }

    /// <summary>Forgets what no later answer needs to be compared with.</summary>
    public void Settle(DateTimeOffset instant)
    {
        Settled = Math.Max(Settled, instant.ToUnixTimeMilliseconds());
        foreach (var (hash, (_, at)) in _seen)
        {
            if (at <= Settled)
                _seen.Remove(hash);
        }
    }

    private static UInt128 Hash(ReadOnlySpan<byte> line)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>The hit's <c>time</c>, else <c>msec</c>; a line without either is never settled.</summary>
    private static long InstantOf(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isTime, isMsec) = (reader.ValueTextEquals("time"u8), reader.ValueTextEquals("msec"u8));
                reader.Read();
                if (isTime && reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time))
                    return time.ToUnixTimeMilliseconds();
                if (isMsec && reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var seconds))
                    return (long)(seconds * 1000);
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Raw bytes of a client that are no JSON: shown when first seen, as anything else.
        }
        return long.MaxValue;
    }
}
