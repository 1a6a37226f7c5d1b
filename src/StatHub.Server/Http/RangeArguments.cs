using StatHub.Contracts.Json;
using StatHub.Core.Time;

namespace StatHub.Server.Http;

/// <summary>The range that a request asks for, and the clock of its dates.</summary>
internal readonly record struct RangeArguments(MinuteRange Range, LocalClock Clock)
{
    public DateTimeOffset From => MinuteRange.InstantOf(Range.From);

    public DateTimeOffset? To => Range.IsBounded ? MinuteRange.InstantOf(Range.To) : null;

    /// <summary>Reads <c>from</c>, <c>to</c> and <c>tz</c>; what is wrong with them is noted in the arguments.</summary>
    public static RangeArguments Read(Arguments arguments, DateTimeOffset now)
    {
        var clock = ReadClock(arguments);
        var from = ReadMinute(arguments, "from", clock) ?? StartOfToday(clock, now);
        var to = ReadMinute(arguments, "to", clock) ?? MinuteRange.Unbounded;
        if (from >= to && !arguments.IsRefused("from") && !arguments.IsRefused("to"))
            arguments.Refuse("to", $"It must lie at least a minute behind 'from', which is {InstantConverter.ToText(MinuteRange.InstantOf(from))}.");
        return new RangeArguments(new MinuteRange(from, to), clock);
    }

    /// <summary>Reads <c>start</c>, the one argument of the first StatHub.</summary>
    public static RangeArguments ReadStart(Arguments arguments, DateTimeOffset now)
    {
        var from = ReadMinute(arguments, "start", LocalClock.Utc) ?? StartOfToday(LocalClock.Utc, now);
        return new RangeArguments(new MinuteRange(from, MinuteRange.Unbounded), LocalClock.Utc);
    }

    private static LocalClock ReadClock(Arguments arguments)
    {
        var name = arguments.Text("tz");
        if (name is null)
            return LocalClock.Utc;
        if (!LocalClock.TryFind(name, out var clock))
            arguments.Refuse("tz", "It is the IANA name of a time zone, such as Europe/Berlin.");
        return clock;
    }

    private static long? ReadMinute(Arguments arguments, string name, LocalClock clock)
    {
        var text = arguments.Text(name);
        if (text is null)
            return null;
        if (InstantText.TryParseMinute(text, clock, out var minute))
            return minute;
        arguments.Refuse(name, "It is a date such as 2026-03-01 or an instant such as 2026-03-01T10:00:00Z.");
        return null;
    }

    private static long StartOfToday(LocalClock clock, DateTimeOffset now) => clock.StartOfDay(clock.Date(MinuteRange.MinuteOf(now)));
}
