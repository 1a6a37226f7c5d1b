using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace StatHub.Core.Hits.Formats;

/// <summary>A header row and one row for each hit, with the columns of <see cref="HitColumns"/>.</summary>
internal sealed class TableFormat(TableSyntax syntax) : HitFormat
{
    private const int FlushSize = 64 * 1024;

    private readonly HitColumns _columns = new();
    private readonly ArrayBufferWriter<byte> _rows = new(2 * FlushSize);

    protected override void Begin(IBufferWriter<byte> output)
    {
        for (var column = 0; column < HitColumns.Names.Count; column++)
            WriteCell(column, Encoding.UTF8.GetBytes(HitColumns.Names[column]), isText: false, output);
        output.Write(syntax.RowEnd);
    }

    protected override async ValueTask<FlushResult> WriteAsync(
        Memory<byte> block, PipeWriter output, CancellationToken cancellationToken)
    {
        var flushed = default(FlushResult);
        while (!block.IsEmpty && !flushed.IsCompleted)
        {
            block = block[WriteRows(block.Span)..];
            flushed = await output.WriteAsync(_rows.WrittenMemory, cancellationToken).ConfigureAwait(false);
            _rows.ResetWrittenCount();
        }
        return flushed;
    }

    protected override void End(IBufferWriter<byte> output)
    {
    }

    /// <summary>Fills the row buffer; returns how many bytes of the block that took.</summary>
    private int WriteRows(ReadOnlySpan<byte> block)
    {
        var done = 0;
        while (done < block.Length && _rows.WrittenCount < FlushSize)
        {
            var length = block[done..].IndexOf((byte)'\n') + 1;
            WriteRow(block.Slice(done, length));
            done += length;
        }
        return done;
    }

    private void WriteRow(ReadOnlySpan<byte> line)
    {
        _columns.Read(line);
        for (var column = 0; column < HitColumns.Names.Count; column++)
            WriteCell(column, _columns.Value(column, out var isText), isText, _rows);
        _rows.Write(syntax.RowEnd);
    }

    private void WriteCell(int column, ReadOnlySpan<byte> value, bool isText, IBufferWriter<byte> output)
    {
        if (column > 0)
            output.Write([syntax.Separator]);
        if (isText)
            syntax.WriteText(value, output);
        else
            output.Write(value);
    }
}
