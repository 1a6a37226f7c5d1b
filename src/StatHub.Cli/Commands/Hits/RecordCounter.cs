namespace StatHub.Cli.Commands.Hits;

/// <summary>Counts hits in the bytes of an answer, block by block.</summary>
/// <param name="format">The format of the bytes.</param>
internal sealed class RecordCounter(string format)
{
    private bool _isQuoted;

    /// <summary>Lines so far; a line end within a cell of CSV is none. The heading of a table is a line.</summary>
    public long Lines { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (format != "csv")
        {
            Lines += bytes.Count((byte)'\n');
            return;
        }
        foreach (var b in bytes)
        {
            // A quote within a cell is written twice, which turns it off and on again.
            if (b == '"')
                _isQuoted = !_isQuoted;
            else if (b == '\n' && !_isQuoted)
                Lines++;
        }
    }
}
