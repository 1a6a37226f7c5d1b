using System.Buffers;
using System.IO.Pipelines;

namespace StatHub.Core.Hits.Formats;

/// <summary>How raw hits are written out. One instance writes one document.</summary>
public abstract class HitFormat
{
    /// <summary>The names of all formats.</summary>
    public static readonly IReadOnlyList<string> Names = ["json", "ndjson", "csv", "tsv"];

    /// <summary>Makes the format of a name in <see cref="Names"/>.</summary>
    public static HitFormat Named(string name) => name switch
    {
        "json" => new JsonArrayFormat(),
        "ndjson" => new NdjsonFormat(),
        "csv" => new TableFormat(TableSyntax.Csv),
        "tsv" => new TableFormat(TableSyntax.Tsv),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such format."),
    };

    /// <summary>Writes every hit that the reader has left; returns early when the output's other end is gone.</summary>
    public async Task WriteAllAsync(IRawHitReader hits, PipeWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(hits);
        ArgumentNullException.ThrowIfNull(output);
        Begin(output);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var block = hits.Read(int.MaxValue);
            if (block.IsEmpty)
                break;
            var written = await WriteAsync(block, output, cancellationToken).ConfigureAwait(false);
            if (written.IsCompleted || written.IsCanceled)
                return;
        }
        End(output);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what stands before the first hit.</summary>
    protected abstract void Begin(IBufferWriter<byte> output);

    /// <summary>Writes whole lines, and waits while the output is full. The block may be changed.</summary>
    protected abstract ValueTask<FlushResult> WriteAsync(Memory<byte> block, PipeWriter output, CancellationToken cancellationToken);

    /// <summary>Writes what stands behind the last hit.</summary>
    protected abstract void End(IBufferWriter<byte> output);
}
