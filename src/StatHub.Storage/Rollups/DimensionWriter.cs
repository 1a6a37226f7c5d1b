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
    private static readonly Table Days = new("day");
    private static readonly Table Months = new("month");

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly PackedDays _packed = new(writer.Sql);

    /// <summary>Writes sums and the batch that they go up to; within a transaction.</summary>
    /// <returns>The days that were packed: their visitors are written, too.</returns>
    public IReadOnlySet<(long Series, int Day)> Write(PendingRollups.Generation sums)
    {
        var packed = new HashSet<(long, int)>();
        foreach (var series in WithTenants(sums).GroupBy(one => one.Series))
        {
            var days = new List<(int, DimensionSums)>();
            foreach (var (_, day, values) in series)
            {
                var all = values;
                var state = _packed.Add(series.Key, day, ref all, sums.Visitors.HoursOf(series.Key, day), sums.Batch);
                if (state == PackedDays.State.Packed)
                    packed.Add((series.Key, day));
                else if (state == PackedDays.State.HasRows)
                    days.Add((day, all));
            }
            Write(series.Key, days);
        }
        writer.Sql("UPDATE counter SET value = ?1 WHERE name = 'dimensions'").Run(sums.Batch);
        return packed;
    }

    private static IEnumerable<(long Series, int Day, DimensionSums Sums)> WithTenants(PendingRollups.Generation sums)
    {
        // What waits for a tenant alone may be a million keys, of which no copy is made; what its keys' entries add to it is fewer.
        var tenants = sums.Days.Where(one => one.Value.Key is null).ToDictionary(one => one.Key, one => one.Value.Sums);
        var own = new HashSet<(long Series, int Day)>();
        foreach (var ((_, day), entry) in sums.Days)
        {
            if (entry.TenantSeries is not { } series || entry.Key is not { } key)
                continue;
            if (own.Add((series, day)))
                tenants[(series, day)] = Copy(tenants.GetValueOrDefault((series, day)));
            var tenant = tenants[(series, day)];
            tenant.Add(entry.Sums);
            tenant.AddKey(key, entry.Sums.Total);
        }
        return sums.Days.Where(one => one.Value.Key is not null).Select(one => (one.Key.Series, one.Key.Day, one.Value.Sums))
            .Concat(tenants.Select(one => (one.Key.Series, one.Key.Day, one.Value)));
    }

    /// <summary>Questions look at what waits meanwhile, so that it is not added to.</summary>
    private static DimensionSums Copy(DimensionSums? sums)
    {
        var copy = new DimensionSums();
        if (sums is not null)
            copy.Add(sums);
        return copy;
    }

    private void Write(long series, List<(int Day, DimensionSums Sums)> days)
    {
        if (days.Count == 0)
            return;
        var isNew = !Days.Has(writer, series) && !Months.Has(writer, series);
        foreach (var month in days.GroupBy(one => CalendarMonth.OfDay(one.Day)))
        {
            // Nearly always it is one day.
            DimensionSums? first = null, several = null;
            foreach (var (day, sums) in month)
            {
                WriteRows(Days, series, day, sums, isNew);
                if (first is null)
                    first = sums;
                else
                    (several ??= Copy(first)).Add(sums);
            }
            WriteRows(Months, series, month.Key, several ?? first!, isNew);
        }
    }

    private void WriteRows(Table table, long series, long number, DimensionSums added, bool isNew)
    {
        foreach (var (dimension, own, values) in added.All)
            WriteRow(table, series, new DimensionName(dimension, Encoding.ASCII.GetString(own)), number, values, isNew);
    }

    /// <summary>Adds to a row; the rows of a new series are not looked for.</summary>
    private void WriteRow(Table table, long series, DimensionName name, long number, IReadOnlyCollection<KeyValuePair<byte[], Tally>> values, bool isNew)
    {
        _bytes.ResetWrittenCount();
        if (isNew && values.Count <= HeavyHitters.DefaultCapacity)
            HeavyHitters.WriteAll(values, _bytes);
        else
            Merge(table, series, name, number, values);
        writer.Sql(table.Upsert).Run(series, (int)name.Dimension, name.Own, number, _bytes.WrittenSpan.ToArray());
    }

    private void Merge(Table table, long series, DimensionName name, long number, IReadOnlyCollection<KeyValuePair<byte[], Tally>> values)
    {
        var summary = new HeavyHitters();
        using (var rows = writer.Sql(table.Select).Rows(series, (int)name.Dimension, name.Own, number))
        {
            if (rows.Read() && !summary.TryAdd(rows.Blob(0)))
                throw new StoreException($"The summary of dimension {name} of series {series}, {table.Unit} {number}, is damaged.");
        }
        foreach (var (value, sums) in values)
            summary.Add(value, sums);
        summary.Write(_bytes);
    }

    /// <summary>The statements for the rows of a unit of time.</summary>
    private sealed class Table(string unit)
    {
        private readonly string _any = $"SELECT 1 FROM dimension_{unit} WHERE series = ?1 LIMIT 1";

        public string Unit => unit;

        public string Select { get; } = $"SELECT top FROM dimension_{unit} WHERE series = ?1 AND dimension = ?2 AND own = ?3 AND {unit} = ?4";

        public string Upsert { get; } =
            $"""
            INSERT INTO dimension_{unit} (series, dimension, own, {unit}, top) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (series, dimension, own, {unit}) DO UPDATE SET top = excluded.top
            """;

        /// <summary>Whether a series has any row.</summary>
        public bool Has(Writer writer, long series) => writer.Sql(_any).Number(series) is not null;
    }
}
