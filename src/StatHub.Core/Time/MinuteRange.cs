namespace StatHub.Core.Time;

/// <summary>A stretch of whole UTC minutes.</summary>
/// <param name="From">The first minute, counted from 1970.</param>
/// <param name="To">The first minute behind the range; <see cref="Unbounded"/> where there is no end.</param>
public readonly record struct MinuteRange(long From, long To)
{
    /// <summary>The end of a range that has none: the year 9999.</summary>
    public const long Unbounded = 4_223_371_680;

    /// <summary>Minutes in a UTC day.</summary>
    public const int PerDay = 1440;

    /// <summary>All of time.</summary>
    public static readonly MinuteRange All = new(0, Unbounded);

    /// <summary>Whether the range ends.</summary>
    public bool IsBounded => To < Unbounded;

    /// <summary>The minute that an instant lies in.</summary>
    public static long MinuteOf(DateTimeOffset instant)
    {
        // Rounds down, before 1970 too.
        var (minute, second) = Math.DivRem(instant.ToUnixTimeSeconds(), 60);
        return second < 0 ? minute - 1 : minute;
    }

    /// <summary>The instant at which a minute begins.</summary>
    public static DateTimeOffset InstantOf(long minute) => DateTimeOffset.FromUnixTimeSeconds(minute * 60);
}
