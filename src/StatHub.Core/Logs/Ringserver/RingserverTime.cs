using StatHub.Core.Journal;

namespace StatHub.Core.Logs.Ringserver;

/// <summary>Times of both generations of ringserver, in UTC: <c>2026-11-22 01:36:17</c> and <c>2026-11-22T01:36:17Z</c>.</summary>
internal static class RingserverTime
{
    private const int WithoutZone = 19;

    public static bool TryParse(ReadOnlySpan<byte> text, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (text.Length is < WithoutZone or > 35)
            return false;
        Span<byte> iso = stackalloc byte[text.Length + 1];
        text.CopyTo(iso);
        if (iso[10] == ' ')
            iso[10] = (byte)'T';
        iso[text.Length] = (byte)'Z';
        return HitTime.TryParseIso8601(text.Length == WithoutZone ? iso : iso[..text.Length], out unixMilliseconds) && unixMilliseconds >= 0;
    }
}
