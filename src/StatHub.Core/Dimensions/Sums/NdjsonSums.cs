using System.Buffers;
using StatHub.Core.Hits;

namespace StatHub.Core.Dimensions.Sums;

/// <summary>The rows as JSON objects, one a line.</summary>
internal sealed class NdjsonSums(SumQuestion question) : SumFormat
{
    private readonly IReadOnlyList<string> _by = [.. question.By.Select(dimension => dimension.ToString())];

    protected override void Begin(IBufferWriter<byte> output)
    {
    }

    protected override void Write(long start, SumValues? values, Tally sums, IBufferWriter<byte> output)
    {
        SumObject.Write(output, _by, start, values, sums);
        output.Write("\n"u8);
    }

    protected override void End(IBufferWriter<byte> output)
    {
    }
}
