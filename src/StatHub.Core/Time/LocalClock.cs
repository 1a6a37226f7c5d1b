namespace StatHub.Core.Time;

/// <summary>
/// What the clocks of a time zone show, minute by minute. It asks the zone for nothing but the offset at an instant, so
/// that days without a midnight, repeated hours, skipped days and odd offsets need no rules of their own. Offsets that
/// have seconds (local mean time, before about 1900) are whole minutes here, and a change within a minute counts from
/// the next one.
/// </summary>
public sealed class LocalClock(TimeZoneInfo zone)
{
    private const long MinutesPerDay = MinuteRange.PerDay;

    // A day less than what DateTimeOffset holds, so that adding an offset cannot overflow.
    private static readonly long Earliest = MinuteRange.MinuteOf(DateTimeOffset.MinValue.AddDays(1));
    private static readonly long Latest = MinuteRange.MinuteOf(DateTimeOffset.MaxValue.AddDays(-1));

    private readonly bool _isUtc = !zone.SupportsDaylightSavingTime && zone.BaseUtcOffset == TimeSpan.Zero && zone.Id is "UTC";

    /// <summary>The clock of UTC.</summary>
    public static readonly LocalClock Utc = new(TimeZoneInfo.Utc);

    /// <summary>The zone's IANA name.</summary>
    public string Name => zone.Id;

    /// <summary>Finds the clock of an IANA zone.</summary>
    public static bool TryFind(string name, out LocalClock clock)
    {
        clock = Utc;
        if (name is "UTC" or "Etc/UTC" or "Z")
            return true;
        // Windows names and paths are refused: an IANA name has only these characters.
        if (name.Length is 0 or > 64 || name[0] == '/' || name.Contains("..", StringComparison.Ordinal)
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+'))
            return false;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) || !found.HasIanaId)
            return false;
        clock = new LocalClock(found);
        return true;
    }

    /// <summary>What the clock shows at a UTC minute, as minutes from 1970-01-01T00:00 on that clock.</summary>
    public long Local(long minute) => minute + Offset(minute);

    /// <summary>The date that the clock shows at a UTC minute.</summary>
    public DateOnly Date(long minute) => DateOf(Local(minute));

    /// <summary>The first UTC minute of a date: midnight, or where the clocks skip midnight the minute after the gap.</summary>
    public long StartOfDay(DateOnly date)
    {
        var midnight = UtcDay.Of(date) * MinutesPerDay;
        return Clamp(FirstAt(midnight));
    }

    /// <summary>The next UTC minute at which another hour begins on the clock.</summary>
    public long NextHour(long minute)
    {
        var local = Local(minute);
        var next = minute + 60 - Remainder(local, 60);
        if (Offset(next) == Offset(minute))
            return next;
        var change = OffsetChange(minute, next);
        var shown = Local(change);
        // Clocks that go back half an hour show the same hour again; that hour is one of 90 minutes.
        return Remainder(shown, 60) == 0 || shown - Remainder(shown, 60) != local - Remainder(local, 60) ? change : NextHour(change);
    }

    /// <summary>The first UTC minute of the hour that a UTC minute lies in.</summary>
    public long StartOfHour(long minute)
    {
        var start = StartOfDay(Date(minute));
        for (var next = NextHour(start); next <= minute; next = NextHour(next))
            start = next;
        return start;
    }

    private long FirstAt(long local)
    {
        // The offsets in force around that time, on whichever side of a change.
        var before = Offset(local - MinutesPerDay);
        var after = Offset(local + MinutesPerDay);
        var earlier = local - Math.Max(before, after);
        var later = local - Math.Min(before, after);
        if (Local(earlier) == local)
            return earlier;
        if (Local(later) == local)
            return later;
        return OffsetChange(earlier, later);
    }

    /// <summary>The first minute of (from, to] whose offset is not that of from.</summary>
    private long OffsetChange(long from, long to)
    {
        var offset = Offset(from);
        while (to - from > 1)
        {
            var middle = from + (to - from) / 2;
            if (Offset(middle) == offset)
                from = middle;
            else
                to = middle;
        }
        return to;
    }

    private long Offset(long minute) => _isUtc
        ? 0
        : zone.GetUtcOffset(MinuteRange.InstantOf(Math.Clamp(minute, Earliest, Latest))).Ticks / TimeSpan.TicksPerMinute;

    internal static DateOnly DateOf(long local) => UtcDay.Date(Math.Clamp(
        (local - Remainder(local, MinutesPerDay)) / MinutesPerDay, UtcDay.Of(DateOnly.MinValue), UtcDay.Of(DateOnly.MaxValue)));

    private static long Clamp(long minute) => Math.Clamp(minute, Earliest - MinutesPerDay, MinuteRange.Unbounded - 1);

    private static long Remainder(long value, long size) => (value % size + size) % size;
}
