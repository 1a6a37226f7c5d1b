namespace StatHub.Cli.Commands.Hits;

/// <summary>Turns lines of NDJSON into the array that the API would have written.</summary>
internal sealed class JsonArrayOutput(Stream output)
{
    private bool _isEmpty = true;
    private bool _endsLine;

    public async Task AddAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        var array = new byte[lines.Length + 2];
        var length = 0;
        if (_isEmpty && lines.Length > 0)
            array[length++] = (byte)'[';
        foreach (var b in lines.Span)
        {
            // The comma comes with the next hit: behind the last one there is none.
            if (_endsLine)
                array[length++] = (byte)',';
            _endsLine = b == '\n';
            if (!_endsLine)
                array[length++] = b;
        }
        _isEmpty &= lines.Length == 0;
        await output.WriteAsync(array.AsMemory(0, length), cancellationToken);
    }

    public async Task EndAsync(CancellationToken cancellationToken) =>
        await output.WriteAsync(_isEmpty ? "[]\n"u8.ToArray() : "]\n"u8.ToArray(), cancellationToken);
}
