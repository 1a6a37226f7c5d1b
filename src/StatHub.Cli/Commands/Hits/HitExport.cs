using StatHub.Cli.Rest;

namespace StatHub.Cli.Commands.Hits;

/// <summary>
/// Raw hits of a range into a stream: one answer of the API, or where a limit is given as many pages as it takes. Holds no
/// more than a block.
/// </summary>
/// <param name="api">The service.</param>
/// <param name="path">The question, without format and limit.</param>
/// <param name="format">As they are to be written.</param>
/// <param name="limit">At most so many hits; null for all.</param>
internal sealed class HitExport(RestCaller api, Func<RestPath> path, string format, long? limit)
{
    private const long MostHitsOfAPage = 1_000_000;

    private readonly RecordCounter _counter = new(WireFormat(format));

    private static string WireFormat(string format) => format == "json" ? "ndjson" : format;

    private int Headings => format is "csv" or "tsv" ? 1 : 0;

    public long Hits => Math.Max(0, _counter.Lines - Headings);

    public long Bytes { get; private set; }

    /// <summary>What the service says of it, where that was asked.</summary>
    public bool? Fresh { get; private set; }

    /// <summary>Writes the hits.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="progress">Told how many hits are written.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WriteAsync(Stream output, Action<long>? progress, CancellationToken cancellationToken)
    {
        var array = format == "json" ? new JsonArrayOutput(output) : null;
        string? cursor = null;
        do
        {
            var question = path().With("format", WireFormat(format)).With("cursor", cursor);
            using var answer = await api.OpenAsync(HttpMethod.Get, limit is null ? question : question.With("limit", PageSize()), cancellationToken);
            Fresh = HitPageHeaders.Fresh(answer) ?? Fresh;
            await foreach (var block in BlocksAsync(answer, skipHeading: cursor is not null && Headings > 0, cancellationToken))
            {
                await WriteAsync(block, output, array, cancellationToken);
                progress?.Invoke(Hits);
            }
            cursor = HitPageHeaders.NextCursor(answer);
        }
        while (cursor is not null && Hits < limit);
        if (array is not null)
            await array.EndAsync(cancellationToken);
    }

    private long PageSize() => Math.Min(limit!.Value - Hits, MostHitsOfAPage);

    private async Task WriteAsync(ReadOnlyMemory<byte> block, Stream output, JsonArrayOutput? array, CancellationToken cancellationToken)
    {
        _counter.Add(block.Span);
        Bytes += block.Length;
        if (array is null)
            await output.WriteAsync(block, cancellationToken);
        else
            await array.AddAsync(block, cancellationToken);
    }

    // A second page of a table repeats the heading, which has neither quotes nor a line end within it.
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> BlocksAsync(
        HttpResponseMessage answer, bool skipHeading, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var block in AnswerBlocks.ReadAsync(answer, api.Server, cancellationToken))
        {
            if (!skipHeading)
            {
                yield return block;
                continue;
            }
            var end = block.Span.IndexOf((byte)'\n');
            skipHeading = end < 0;
            if (!skipHeading)
                yield return block[(end + 1)..];
        }
    }
}
