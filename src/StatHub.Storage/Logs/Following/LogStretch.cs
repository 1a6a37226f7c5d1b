using System.Buffers;
using StatHub.Core.Logs;
using StatHub.Core.Logs.Ringserver;

namespace StatHub.Storage.Logs.Following;

/// <summary>Brings stretches of a source's files into the journal.</summary>
/// <param name="source">The source.</param>
/// <param name="journal">Takes the lines.</param>
/// <param name="transfers">Writes what reports of ringserver say.</param>
/// <param name="batchBytes">How many bytes are read at once.</param>
internal sealed class LogStretch(LogSource source, FollowJournal journal, TransferArgs transfers, int batchBytes)
{
    private readonly byte[] _block = new byte[batchBytes];
    private readonly ArrayBufferWriter<byte> _lines = new();

    /// <summary>The format of the lines; null where none is known yet.</summary>
    public LogFormat? Format { get; private set; } = source.Request.Format;

    public FollowedTotals Totals { get; private set; } = new(0, 0, 0);

    /// <summary>Whether a failure left it open what is noted.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>Goes on where the database says.</summary>
    public void Begin(string? format, FollowedTotals totals)
    {
        (Totals, IsInDoubt) = (totals, false);
        if (Format is null && format is not null && LogFormat.TryParse(format, out var known, out _))
            Format = known;
    }

    /// <summary>Reads on up to the last newline, or to the end of a file that nobody writes to; whether there is more than one batch.</summary>
    public bool Read(OpenLog log, bool isEnded)
    {
        var length = Fill(log);
        var end = _block.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
        // A line that fills the block is too long: it is refused now, and its rest is passed over.
        if (length == _block.Length ? end == 0 : isEnded)
            end = length;
        // Cut short and written anew meanwhile: what was read may be of the middle of a line.
        if (end == 0 || !log.State.Matches(log.Handle, RandomAccess.GetLength(log.Handle)))
            return false;
        var isWithin = _block[end - 1] != '\n';
        var format = FormatOf(_block.AsSpan(0, end), isEnded);
        var parser = log.Parser ??= ParserOf(log, format);
        var converter = new LogConverter(parser, new LogLine(source.Tenant, format.Name, source.Request.RuleOf(format), transfers, (source.Path, log.State.Offset)), journal.Time.GetUtcNow());
        if (log.State.IsWithin)
            converter.Restart(isWithin: true);
        _lines.ResetWrittenCount();
        converter.Add(_block.AsSpan(0, end), _lines);
        converter.End(_lines);
        var next = log.State.AdvancedTo(log.Handle, log.State.Offset + end, Math.Max(log.Length, log.State.Offset + end), isWithin);
        log.State = Commit(next, Totals with { Lines = Totals.Lines + converter.Report.Lines });
        return length == _block.Length;
    }

    /// <summary>Notes that a file was cut short, or is gone.</summary>
    /// <param name="file">The file as it was.</param>
    /// <param name="lost">How many bytes are known to have gone unread.</param>
    public FollowedFile Cut(FollowedFile file, long lost)
    {
        _lines.ResetWrittenCount();
        LogLine.WriteTruncated(source.Tenant, source.Path, lost, _lines);
        return Commit(file with { IsDone = true }, Totals with { Truncations = Totals.Truncations + 1, TruncatedBytes = Totals.TruncatedBytes + lost });
    }

    /// <summary>Notes that all of a file is in the journal.</summary>
    public FollowedFile Done(FollowedFile file)
    {
        _lines.ResetWrittenCount();
        return Commit(file with { IsDone = true }, Totals);
    }

    private FollowedFile Commit(FollowedFile file, FollowedTotals totals)
    {
        var part = journal.Write(_lines);
        IsInDoubt = true;
        var noted = journal.Commit(source, file, Format?.Name ?? LogFormat.Auto, totals, part);
        (Totals, IsInDoubt) = (totals, false);
        return noted;
    }

    /// <summary>The lines of a file that nobody writes to any more have an outcome, whatever they are.</summary>
    private LogFormat FormatOf(ReadOnlySpan<byte> lines, bool isEnded)
    {
        if (isEnded && Format is null && LogFormat.Recognise(lines) is null)
            return LogFormat.Combined;
        return Format ??= LogContent.Recognise(lines);
    }

    /// <summary>A parser that knows what lines before the offset say of those behind it.</summary>
    private static ILogParser ParserOf(OpenLog log, LogFormat format)
    {
        var parser = format.CreateParser();
        if (!parser.HasContext)
            return parser;
        var lines = new LogLines(line => parser.Read(line, out _), parser.MaxLineBytes);
        var block = new byte[64 * 1024];
        for (var at = 0L; at < log.State.Offset;)
        {
            var length = RandomAccess.Read(log.Handle, block.AsSpan(0, (int)Math.Min(block.Length, log.State.Offset - at)), at);
            if (length == 0)
                break;
            lines.Add(block.AsSpan(0, length));
            at += length;
        }
        return parser;
    }

    private int Fill(OpenLog log)
    {
        var length = 0;
        while (length < _block.Length && RandomAccess.Read(log.Handle, _block.AsSpan(length), log.State.Offset + length) is > 0 and var read)
            length += read;
        return length;
    }
}
