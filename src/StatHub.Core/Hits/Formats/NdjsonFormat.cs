using System.Buffers;
using System.IO.Pipelines;

namespace StatHub.Core.Hits.Formats;

/// <summary>The stored objects, one a line.</summary>
internal sealed class NdjsonFormat : HitFormat
{
    protected override void Begin(IBufferWriter<byte> output)
    {
    }

    protected override ValueTask<FlushResult> WriteAsync(Memory<byte> block, PipeWriter output, CancellationToken cancellationToken) =>
        output.WriteAsync(block, cancellationToken);

    protected override void End(IBufferWriter<byte> output)
    {
    }
}
