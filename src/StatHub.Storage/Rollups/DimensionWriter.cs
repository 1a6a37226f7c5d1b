using System.Buffers;
using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Sketches;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Rollups;

/// <summary>Adds sums by dimension to their rows, one for each series, dimension and day, and one for each month.</summary>
internal sealed class DimensionWriter(Writer writer)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Writes sums and the batch that they go up to; within a transaction.</summary>
    public void Write(PendingRollups.Generation sums)
    {
        var tenants = new Dictionary<(long Series, int Day), DimensionSums>();
        foreach (var ((series, day), entry) in sums.Days)
        {
            // An erase may have removed it meanwhile.
            if (writer.Sql("SELECT 1 FROM series WHERE id = ?1").Number(series) is null)
                continue;
            if (!tenants.TryGetValue((entry.TenantSeries, day), out var tenant))
                tenants[(entry.TenantSeries, day)] = tenant = new DimensionSums();
            tenant.Add(entry.Sums);
            tenant.AddKey(entry.Key, entry.Sums.Total);
        }
        var known = sums.Days.Where(one => tenants.ContainsKey((one.Value.TenantSeries, one.Key.Day)));
        var all = known.Select(one => (one.Key.Series, one.Key.Day, one.Value.Sums))
            .Concat(tenants.Select(one => (one.Key.Series, one.Key.Day, one.Value)));
        foreach (var series in all.GroupBy(one => one.Series))
            Write(series.Key, [.. series.Select(one => (one.Day, one.Item3))]);
        writer.Sql("UPDATE counter SET value = ?1 WHERE name = 'dimensions'").Run(sums.Batch);
    }

    private void Write(long series, List<(int Day, DimensionSums Sums)> days)
    {
        foreach (var month in days.GroupBy(one => CalendarMonth.OfDay(one.Day)))
        {
            var whole = new DimensionSums();
            foreach (var (day, sums) in month)
            {
                WriteRows("day", series, day, sums);
                whole.Add(sums);
            }
            WriteRows("month", series, month.Key, whole);
        }
    }

    private void WriteRows(string unit, long series, long number, DimensionSums added)
    {
        foreach (var (dimension, own, values) in added.All)
            WriteRow(unit, series, new DimensionName(dimension, Encoding.ASCII.GetString(own)), number, values);
    }

    private void WriteRow(string unit, long series, DimensionName name, long number, IReadOnlyDictionary<byte[], Tally> values)
    {
        var summary = new HeavyHitters();
        using (var rows = writer.Sql($"SELECT top FROM dimension_{unit} WHERE series = ?1 AND dimension = ?2 AND own = ?3 AND {unit} = ?4")
            .Rows(series, (int)name.Dimension, name.Own, number))
        {
            if (rows.Read() && !summary.TryAdd(rows.Blob(0)))
                throw new StoreException($"The summary of dimension {name} of series {series}, {unit} {number}, is damaged.");
        }
        foreach (var (value, sums) in values)
            summary.Add(value, sums);
        _bytes.ResetWrittenCount();
        summary.Write(_bytes);
        writer.Sql(
            $"""
            INSERT INTO dimension_{unit} (series, dimension, own, {unit}, top) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (series, dimension, own, {unit}) DO UPDATE SET top = excluded.top
            """).Run(series, (int)name.Dimension, name.Own, number, _bytes.WrittenSpan.ToArray());
    }
}
