namespace StatHub.Core.Hits.Formats;

/// <summary>The tables that raw hits can be written as, CSV and TSV.</summary>
public static class HitTable
{
    /// <summary>The columns, in their order. New ones are only ever added at the end.</summary>
    public static IReadOnlyList<string> Columns => HitColumns.Names;
}
