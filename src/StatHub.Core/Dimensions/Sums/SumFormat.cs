using System.Buffers;
using System.IO.Pipelines;
using StatHub.Core.Hits;
using StatHub.Core.Hits.Formats;

namespace StatHub.Core.Dimensions.Sums;

/// <summary>How sums are written out. One instance writes one document.</summary>
public abstract class SumFormat
{
    /// <summary>What the row of combinations that found no place has for every value.</summary>
    public const string OtherName = "(other)";

    private const int FlushSize = 64 * 1024;

    /// <summary>Makes the format of a name in <see cref="HitFormat.Names"/>.</summary>
    /// <param name="name">The format.</param>
    /// <param name="question">What was asked.</param>
    /// <param name="asOf">Everything that was written up to this instant is in the sums.</param>
    /// <param name="fresh">Whether all that was written when the request arrived is; null when nobody asked.</param>
    public static SumFormat Named(string name, SumQuestion question, DateTimeOffset asOf, bool? fresh) => name switch
    {
        "json" => new JsonSums(question, asOf, fresh),
        "ndjson" => new NdjsonSums(question),
        "csv" => new TableSums(question, TableSyntax.Csv),
        "tsv" => new TableSums(question, TableSyntax.Tsv),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such format."),
    };

    /// <summary>Writes all steps, each as soon as it is summed; returns early when the output's other end is gone.</summary>
    public async Task WriteAllAsync(IEnumerable<SumTable> steps, PipeWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(output);
        Begin(output);
        // The first step may take long; who asked sees that there is an answer.
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        foreach (var step in steps)
        {
            if (!await WriteAsync(step, output, cancellationToken).ConfigureAwait(false))
                return;
        }
        End(output);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what stands before the first row.</summary>
    protected abstract void Begin(IBufferWriter<byte> output);

    /// <summary>Writes a row.</summary>
    /// <param name="start">Where its step begins, in Unix milliseconds.</param>
    /// <param name="values">Its values; null for those that found no place.</param>
    /// <param name="sums">Its sums.</param>
    /// <param name="output">Where to.</param>
    protected abstract void Write(long start, SumValues? values, Tally sums, IBufferWriter<byte> output);

    /// <summary>Writes what stands behind the last row.</summary>
    protected abstract void End(IBufferWriter<byte> output);

    private async ValueTask<bool> WriteAsync(SumTable step, PipeWriter output, CancellationToken cancellationToken)
    {
        foreach (var (values, sums) in step.Rows())
        {
            Write(step.Start, values, sums, output);
            if (output.UnflushedBytes > FlushSize && (await output.FlushAsync(cancellationToken).ConfigureAwait(false)).IsCompleted)
                return false;
        }
        if (step.Other.Hits > 0)
            Write(step.Start, null, step.Other, output);
        return !(await output.FlushAsync(cancellationToken).ConfigureAwait(false)).IsCompleted;
    }
}
