using System.Globalization;
using System.Text;

namespace StatHub.Cli.Traffic;

/// <summary>
/// The instants of lines in ascending order: spread over the span so that nights (UTC) have about a fifth of the
/// traffic of evenings.
/// </summary>
internal sealed class TrafficClock
{
    private static readonly double[] HourWeights =
        [3, 2, 2, 2, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 9, 7, 5];

    private readonly List<(long Start, long End, double WeightBefore, double Weight)> _hours = [];
    private readonly double _weight;
    private int _hour;
    private long _second = -1;

    public TrafficClock(DateTimeOffset from, DateTimeOffset to)
    {
        var (start, end) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        while (start < end)
        {
            var hourEnd = Math.Min(end, (Math.DivRem(start, 3_600_000).Quotient + 1) * 3_600_000);
            var weight = HourWeights[start / 3_600_000 % 24] * (hourEnd - start) / 3_600_000;
            _hours.Add((start, hourEnd, _weight, weight));
            _weight += weight;
            start = hourEnd;
        }
    }

    /// <summary>The current line's instant, in milliseconds since 1970.</summary>
    public long Milliseconds { get; private set; }

    /// <summary>The current second as <c>$time_iso8601</c> has it.</summary>
    public byte[] Iso8601 { get; private set; } = [];

    /// <summary>The current second as <c>$time_local</c> has it.</summary>
    public byte[] Local { get; private set; } = [];

    /// <summary>Moves to a share, 0 to 1, of all traffic; never back.</summary>
    public void MoveTo(double share)
    {
        var weight = share * _weight;
        while (_hour < _hours.Count - 1 && _hours[_hour].WeightBefore + _hours[_hour].Weight <= weight)
            _hour++;
        var (start, end, before, inHour) = _hours[_hour];
        Milliseconds = Math.Min(end - 1, start + (long)((weight - before) / inHour * (end - start)));
        var second = Milliseconds / 1000;
        if (second == _second)
            return;
        _second = second;
        var instant = DateTimeOffset.FromUnixTimeSeconds(second);
        Iso8601 = Encoding.ASCII.GetBytes(instant.ToString("yyyy-MM-ddTHH:mm:ss+00:00", CultureInfo.InvariantCulture));
        Local = Encoding.ASCII.GetBytes(instant.ToString("dd/MMM/yyyy:HH:mm:ss +0000", CultureInfo.InvariantCulture));
    }
}
