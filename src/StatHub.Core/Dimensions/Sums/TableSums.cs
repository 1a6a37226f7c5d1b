using System.Buffers;
using System.Globalization;
using System.Text;
using StatHub.Core.Hits;
using StatHub.Core.Hits.Formats;
using StatHub.Core.Time;

namespace StatHub.Core.Dimensions.Sums;

/// <summary>A header row and the rows: start, a column for each dimension, sums. Texts of clients are no formulas.</summary>
internal sealed class TableSums(SumQuestion question, TableSyntax syntax) : SumFormat
{
    protected override void Begin(IBufferWriter<byte> output)
    {
        WriteCells(output, ["start", .. question.By.Select(dimension => dimension.ToString()), "hits", "bots", "value", "other"]);
        output.Write(syntax.RowEnd);
    }

    protected override void Write(long start, SumValues? values, Tally sums, IBufferWriter<byte> output)
    {
        WriteCells(output, [InstantText.Of(DateTimeOffset.FromUnixTimeMilliseconds(start))]);
        var at = 0;
        for (var i = 0; i < question.By.Count; i++)
        {
            output.Write([syntax.Separator]);
            if (values is not { } row)
                syntax.WriteText(Encoding.ASCII.GetBytes(OtherName), output);
            else if (row.Next(ref at, out var value))
                syntax.WriteText(value, output);
        }
        output.Write([syntax.Separator]);
        WriteCells(
            output,
            [
                sums.Hits.ToString(CultureInfo.InvariantCulture), sums.Bots.ToString(CultureInfo.InvariantCulture), sums.Value.ToString(),
                values is null ? "true" : "",
            ]);
        output.Write(syntax.RowEnd);
    }

    protected override void End(IBufferWriter<byte> output)
    {
    }

    /// <summary>Writes cells that are no text of a client.</summary>
    private void WriteCells(IBufferWriter<byte> output, IReadOnlyList<string> cells)
    {
        for (var i = 0; i < cells.Count; i++)
        {
            if (i > 0)
                output.Write([syntax.Separator]);
            output.Write(Encoding.ASCII.GetBytes(cells[i]));
        }
    }
}
