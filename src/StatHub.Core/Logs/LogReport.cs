namespace StatHub.Core.Logs;

/// <summary>What became of the lines of a log.</summary>
public sealed class LogReport
{
    /// <summary>How many lines of each reason are kept as samples.</summary>
    public const int MostSamples = 5;

    /// <summary>How many bytes of a line are kept.</summary>
    public const int MostSampleBytes = 300;

    private readonly long[] _outcomes = new long[LogReasons.Count];
    private readonly List<LogSample> _samples = [];
    private long _lastBad;

    /// <summary>How many lines there were; blank ones are none.</summary>
    public long Lines { get; private set; }

    /// <summary>How much was read that will be counted: a line each, or a stream.</summary>
    public long Entries => _outcomes[(int)LogReason.None];

    /// <summary>How many entries of clients begin in them; only in reports of ringserver.</summary>
    public long Begun => _outcomes[(int)LogReason.Begins];

    /// <summary>How many lines could not be read, or are not as they should be.</summary>
    public long BadLines { get; private set; }

    /// <summary>The bytes of all entries together.</summary>
    public long Bytes { get; private set; }

    /// <summary>The first lines that could not be read, a few of each reason.</summary>
    public IReadOnlyList<LogSample> Samples => _samples;

    /// <summary>How often there was each reason for which something is refused.</summary>
    public IEnumerable<(LogReason Reason, long Lines)> Refused =>
        Enumerable.Range(0, _outcomes.Length).Where(reason => ((LogReason)reason).IsRefused() && _outcomes[reason] > 0).Select(reason => ((LogReason)reason, _outcomes[reason]));

    internal void NoteLine() => Lines++;

    internal void Note(long bytes)
    {
        _outcomes[(int)LogReason.None]++;
        Bytes += bytes;
    }

    internal void Note(LogReason reason, long number, ReadOnlySpan<byte> line)
    {
        _outcomes[(int)reason]++;
        if (!reason.IsRefused())
            return;
        if (_lastBad != number)
            BadLines++;
        _lastBad = number;
        if (_outcomes[(int)reason] <= MostSamples)
            _samples.Add(new LogSample(number, reason, System.Text.Encoding.UTF8.GetString(line[..Math.Min(line.Length, MostSampleBytes)])));
    }
}

/// <summary>A line that could not be read.</summary>
/// <param name="Number">Its number in the log, from 1.</param>
/// <param name="Reason">Why.</param>
/// <param name="Text">Its beginning.</param>
public sealed record LogSample(long Number, LogReason Reason, string Text);
