using System.Buffers.Text;
using System.Globalization;

namespace StatHub.Core.Journal;

/// <summary>The instant of a line: <c>msec</c> (seconds with a fraction), else <c>time_iso8601</c>.</summary>
internal static class HitTime
{
    private const int MostSecondDigits = 12;
    private const long EarliestMilliseconds = 946_684_800_000; // 2000-01-01
    private const long MostAheadMilliseconds = 24 * 3600 * 1000;

    /// <summary>Whether a hit may be of an instant, both in Unix milliseconds: from 2000 on, and at most a day ahead of the clock.</summary>
    public static bool IsInRange(long unixMilliseconds, long now) => unixMilliseconds >= EarliestMilliseconds && unixMilliseconds <= now + MostAheadMilliseconds;

    /// <summary>Parses <c>1700000000.123</c> to milliseconds; further digits are cut off.</summary>
    public static bool TryParseMsec(ReadOnlySpan<byte> text, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        var dot = text.IndexOf((byte)'.');
        var whole = dot < 0 ? text : text[..dot];
        if (whole.Length > MostSecondDigits || !Utf8Parser.TryParse(whole, out long seconds, out var used) || used != whole.Length)
            return false;
        var milliseconds = 0;
        if (dot >= 0)
        {
            var fraction = text[(dot + 1)..];
            for (var i = 0; i < fraction.Length; i++)
            {
                if (!char.IsAsciiDigit((char)fraction[i]))
                    return false;
                if (i < 3)
                    milliseconds = milliseconds * 10 + (fraction[i] - '0');
            }
            for (var i = fraction.Length; i < 3; i++)
                milliseconds *= 10;
        }
        unixMilliseconds = seconds * 1000 + (whole.Length > 0 && whole[0] == '-' ? -milliseconds : milliseconds);
        return true;
    }

    /// <summary>Parses <c>2026-11-22T02:30:00+01:00</c>.</summary>
    public static bool TryParseIso8601(ReadOnlySpan<byte> text, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (text.Length is < 19 or > 35)
            return false;
        Span<char> chars = stackalloc char[text.Length];
        System.Text.Encoding.Latin1.GetChars(text, chars);
        if (!DateTimeOffset.TryParseExact(
                chars, ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"],
                CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
            return false;
        unixMilliseconds = instant.ToUnixTimeMilliseconds();
        return true;
    }
}
