namespace StatHub.Core.Stats;

/// <summary>A bucket of time that gauges are of, by the Unix second that it begins with.</summary>
public readonly record struct GaugeBucket(long Start, long Length)
{
    /// <summary>Five minutes in which clients report, and one for those that are late.</summary>
    public static readonly TimeSpan UsualLength = TimeSpan.FromSeconds(360);

    /// <summary>The bucket that an instant lies in.</summary>
    /// <param name="instant">The instant.</param>
    /// <param name="length">Whole seconds, one or more.</param>
    public static GaugeBucket Containing(DateTimeOffset instant, TimeSpan length)
    {
        var seconds = (long)length.TotalSeconds;
        return new GaugeBucket((long)Math.Floor((double)instant.ToUnixTimeSeconds() / seconds) * seconds, seconds);
    }

    /// <summary>The start of the bucket before.</summary>
    public long Previous => Start - Length;
}
