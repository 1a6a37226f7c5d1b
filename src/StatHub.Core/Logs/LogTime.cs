using System.Text;

namespace StatHub.Core.Logs;

/// <summary>The time of the common log format: <c>22/Nov/2026:01:36:17 +0530</c>.</summary>
internal static class LogTime
{
    /// <summary>How many bytes it has.</summary>
    public const int Length = 26;

    private static readonly byte[] Months = Encoding.ASCII.GetBytes("JanFebMarAprMayJunJulAugSepOctNovDec");

    /// <summary>Reads one. A leap second is the last second of its minute.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (text.Length != Length || text[2] != '/' || text[6] != '/' || text[11] != ':' || text[14] != ':' || text[17] != ':' || text[20] != ' ' || text[21] is not ((byte)'+' or (byte)'-'))
            return false;
        var month = Months.AsSpan().IndexOf(text[3..6]);
        if (month < 0 || month % 3 != 0
            || !TryNumber(text[..2], out var day) || !TryNumber(text[7..11], out var year) || !TryNumber(text[12..14], out var hour)
            || !TryNumber(text[15..17], out var minute) || !TryNumber(text[18..20], out var second)
            || !TryNumber(text[22..24], out var zoneHours) || !TryNumber(text[24..26], out var zoneMinutes))
            return false;
        month = month / 3 + 1;
        if (year is < 1970 or > 9998 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60 || zoneHours > 15 || zoneMinutes > 59)
            return false;
        var zone = (zoneHours * 60 + zoneMinutes) * (text[21] == '-' ? -1 : 1);
        var local = new DateTime(year, month, day, hour, minute, Math.Min(second, 59), DateTimeKind.Utc);
        unixMilliseconds = (local - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond - zone * 60_000L;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            number = number * 10 + (digit - '0');
        }
        return true;
    }
}
