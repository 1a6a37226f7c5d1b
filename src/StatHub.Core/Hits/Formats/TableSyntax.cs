using System.Buffers;

namespace StatHub.Core.Hits.Formats;

/// <summary>How cells and rows are told apart.</summary>
internal abstract class TableSyntax
{
    public static readonly TableSyntax Csv = new CsvSyntax();
    public static readonly TableSyntax Tsv = new TsvSyntax();

    public abstract byte Separator { get; }

    public abstract ReadOnlySpan<byte> RowEnd { get; }

    /// <summary>Writes a client's text so that it stays one cell, and no spreadsheet takes it for a formula.</summary>
    public void WriteText(ReadOnlySpan<byte> text, IBufferWriter<byte> output) => WriteCell(text, IsFormula(text), output);

    /// <summary>Writes a cell; <paramref name="guarded"/> puts an apostrophe before it.</summary>
    protected abstract void WriteCell(ReadOnlySpan<byte> text, bool guarded, IBufferWriter<byte> output);

    private static bool IsFormula(ReadOnlySpan<byte> text) =>
        text.Length > 0 && text[0] is (byte)'=' or (byte)'+' or (byte)'-' or (byte)'@' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}

/// <summary>RFC 4180: commas, CRLF, quotes doubled inside quotes.</summary>
internal sealed class CsvSyntax : TableSyntax
{
    public override byte Separator => (byte)',';

    public override ReadOnlySpan<byte> RowEnd => "\r\n"u8;

    protected override void WriteCell(ReadOnlySpan<byte> text, bool guarded, IBufferWriter<byte> output)
    {
        var quoted = text.IndexOfAny(",\"\r\n"u8) >= 0;
        if (quoted)
            output.Write("\""u8);
        if (guarded)
            output.Write("'"u8);
        for (var quote = text.IndexOf((byte)'"'); quote >= 0; quote = text.IndexOf((byte)'"'))
        {
            output.Write(text[..(quote + 1)]);
            output.Write("\""u8);
            text = text[(quote + 1)..];
        }
        output.Write(text);
        if (quoted)
            output.Write("\""u8);
    }
}

/// <summary>text/tab-separated-values: no tab or line end can be in a cell, a space stands for it.</summary>
internal sealed class TsvSyntax : TableSyntax
{
    public override byte Separator => (byte)'\t';

    public override ReadOnlySpan<byte> RowEnd => "\n"u8;

    protected override void WriteCell(ReadOnlySpan<byte> text, bool guarded, IBufferWriter<byte> output)
    {
        if (guarded)
            output.Write("'"u8);
        for (var split = text.IndexOfAny("\t\r\n"u8); split >= 0; split = text.IndexOfAny("\t\r\n"u8))
        {
            output.Write(text[..split]);
            output.Write(" "u8);
            text = text[(split + 1)..];
        }
        output.Write(text);
    }
}
