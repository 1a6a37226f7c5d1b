using System.Buffers;
using System.IO.Pipelines;

namespace StatHub.Core.Hits.Formats;

/// <summary>One JSON array of the stored objects.</summary>
internal sealed class JsonArrayFormat : HitFormat
{
    private bool _hasHits;

    protected override void Begin(IBufferWriter<byte> output) => output.Write("["u8);

    protected override ValueTask<FlushResult> WriteAsync(Memory<byte> block, PipeWriter output, CancellationToken cancellationToken)
    {
        // A newline can only be the end of a line, JSON escapes it elsewhere: made commas in place, lines are array items.
        block.Span.Replace((byte)'\n', (byte)',');
        if (_hasHits)
            output.Write(","u8);
        _hasHits = true;
        return output.WriteAsync(block[..^1], cancellationToken);
    }

    protected override void End(IBufferWriter<byte> output) => output.Write("]\n"u8);
}
