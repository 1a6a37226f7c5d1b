using System.Globalization;
using System.Text;
using StatHub.Core.Stats;

namespace StatHub.Tests.Stats;

/// <summary>Updates and reports as tests write them.</summary>
internal static class StatReports
{
    /// <summary>An update of <c>dims;counters;increments;gauges;members</c>, each a list such as <c>a=1,b=2</c>.</summary>
    public static StatUpdate Update(string id, string dims = "", string counters = "", string increments = "", string gauges = "", string members = "")
    {
        var builder = new StatUpdateBuilder();
        foreach (var (name, value) in Pairs(dims))
            builder.Dim(name, value);
        foreach (var (name, value) in Pairs(counters))
            builder.Counter(name, Number(value));
        foreach (var (name, value) in Pairs(increments))
            builder.Increment(name, Number(value));
        foreach (var (name, value) in Pairs(gauges))
            builder.Gauge(name, Number(value));
        foreach (var set in Pairs(members).GroupBy(pair => pair.Name))
            builder.Members(set.Key, [.. set.Select(pair => pair.Value)]);
        builder.TryBuild(id, out var update).Should().BeTrue(builder.Error);
        return update!;
    }

    /// <summary>A line for each value: <c>country/es: counters a=1; gauges b=2; gaugesCurrent c=3</c>.</summary>
    public static string Text(this StatReport report)
    {
        var text = new StringBuilder();
        foreach (var (dim, values) in report.Dims)
        {
            foreach (var (value, stats) in values)
            {
                text.Append(CultureInfo.InvariantCulture, $"{dim}/{value}:");
                Append(text, "counters", stats.Counters);
                Append(text, "gauges", stats.Gauges);
                Append(text, "gaugesCurrent", stats.GaugesCurrent);
                text.Append('\n');
            }
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, string field, SortedDictionary<string, Int128> numbers)
    {
        if (numbers.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $" {field} {string.Join(',', numbers.Select(number => $"{number.Key}={number.Value}"))};");
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => (pair.Split('=')[0], pair.Split('=')[1]));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
