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

    /// <summary>How many lines there were; blank ones are none.</summary>
    public long Lines { get; private set; }

    /// <summary>How many lines were read.</summary>
    public long Entries => _outcomes[(int)LogReason.None];

    /// <summary>The bytes of all answers together.</summary>
    public long Bytes { get; private set; }

    /// <summary>The first lines that could not be read, a few of each reason.</summary>
    public IReadOnlyList<LogSample> Samples => _samples;

    /// <summary>How many lines there were of each reason that is not <see cref="LogReason.None"/>.</summary>
    public IEnumerable<(LogReason Reason, long Lines)> Refused =>
        Enumerable.Range(2, _outcomes.Length - 2).Where(reason => _outcomes[reason] > 0).Select(reason => ((LogReason)reason, _outcomes[reason]));

    internal void Note(long bytes)
    {
        Lines++;
        _outcomes[(int)LogReason.None]++;
        Bytes += bytes;
    }

    internal void Note(LogReason reason, long number, ReadOnlySpan<byte> line)
    {
        Lines++;
        if (_outcomes[(int)reason]++ < MostSamples)
            _samples.Add(new LogSample(number, reason, System.Text.Encoding.UTF8.GetString(line[..Math.Min(line.Length, MostSampleBytes)])));
    }
}

/// <summary>A line that could not be read.</summary>
/// <param name="Number">Its number in the log, from 1.</param>
/// <param name="Reason">Why.</param>
/// <param name="Text">Its beginning.</param>
public sealed record LogSample(long Number, LogReason Reason, string Text);
