using DimValues = System.Collections.Generic.SortedDictionary<string, StatHub.Core.Stats.ReportedStats>;

namespace StatHub.Core.Stats;

/// <summary>What is reported of a tenant's dims: by dim and value, in ordinal order. <c>total</c> is among the values of each dim.</summary>
public sealed class StatReport
{
    private readonly SortedDictionary<string, DimValues> _dims = new(StringComparer.Ordinal);

    /// <summary>The values of each dim.</summary>
    public IReadOnlyDictionary<string, DimValues> Dims => _dims;

    /// <summary>Makes a report of the stats of dim values.</summary>
    /// <param name="rows">In any order.</param>
    /// <param name="now">The bucket that gauges are set in now; those that are reported are of the one before.</param>
    /// <param name="dim">A dim that is in it in any case: of one that nobody reported there is an empty total.</param>
    public static StatReport Of(IEnumerable<StatRow> rows, GaugeBucket now, string? dim = null)
    {
        var report = new StatReport();
        if (dim is not null)
            report.Dim(dim);
        foreach (var row in rows)
        {
            var values = report.Dim(row.Dim.Name);
            if (!values.TryGetValue(row.Dim.Value, out var stats))
                values[row.Dim.Value] = stats = new ReportedStats();
            stats.Take(row, now);
        }
        foreach (var values in report._dims.Values)
            AddTotal(values);
        return report;
    }

    private DimValues Dim(string name)
    {
        if (!_dims.TryGetValue(name, out var values))
            _dims[name] = values = new DimValues(StringComparer.Ordinal) { [StatUpdateBuilder.Total] = new ReportedStats() };
        return values;
    }

    private static void AddTotal(DimValues values)
    {
        var total = values[StatUpdateBuilder.Total];
        foreach (var stats in values.Values)
        {
            if (stats != total)
                total.Add(stats);
        }
    }
}

/// <summary>A stat of a dim's value as it is stored.</summary>
public readonly record struct StatRow(StatDim Dim, StatKind Kind, string Name, StatAmount Amount);

/// <summary>The stats of one value of a dim, by name in ordinal order. A total may have more than 64 bits.</summary>
public sealed class ReportedStats
{
    private HashSet<string>? _sets;

    /// <summary>Counters.</summary>
    public SortedDictionary<string, Int128> Counters { get; } = new(StringComparer.Ordinal);

    /// <summary>Gauges of the bucket before, and the sizes of sets: a set wins over a gauge of its name.</summary>
    public SortedDictionary<string, Int128> Gauges { get; } = new(StringComparer.Ordinal);

    /// <summary>Gauges of the bucket that is now.</summary>
    public SortedDictionary<string, Int128> GaugesCurrent { get; } = new(StringComparer.Ordinal);

    internal void Take(StatRow row, GaugeBucket now)
    {
        switch (row.Kind)
        {
            case StatKind.Counter:
                Counters[row.Name] = row.Amount.Amount;
                break;
            case StatKind.Member:
                (_sets ??= []).Add(row.Name);
                Gauges[row.Name] = row.Amount.Amount;
                break;
            default:
                TakeGauge(row, now);
                break;
        }
    }

    internal void Add(ReportedStats other)
    {
        Add(Counters, other.Counters);
        Add(Gauges, other.Gauges);
        Add(GaugesCurrent, other.GaugesCurrent);
    }

    private void TakeGauge(StatRow row, GaugeBucket now)
    {
        if (row.Amount.In(now.Previous) is { } previous && _sets?.Contains(row.Name) != true)
            Gauges[row.Name] = previous;
        if (row.Amount.In(now.Start) is { } current)
            GaugesCurrent[row.Name] = current;
    }

    private static void Add(SortedDictionary<string, Int128> sums, SortedDictionary<string, Int128> others)
    {
        foreach (var (name, number) in others)
            sums[name] = sums.GetValueOrDefault(name) + number;
    }
}
