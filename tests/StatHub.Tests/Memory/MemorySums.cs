using System.Globalization;
using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Time;

namespace StatHub.Tests.Memory;

/// <summary>Sums by several dimensions the slow and obvious way: a dictionary over all hits.</summary>
public static class MemorySums
{
    /// <summary>One line for each row, in no particular order: start, values, hits, bots, value.</summary>
    public static List<string> Of(MemoryStore store, HitScope scope, IReadOnlyList<string> by, string step, MinuteRange range)
    {
        var rows = new Dictionary<string, Tally>();
        foreach (var hit in store.Hits(scope, range))
        {
            var start = hit.Instant.UtcDateTime.ToString(step == "month" ? "yyyy-MM-01" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
            var values = ValuesOf(hit);
            var row = Row(start, by.Select(name => values.GetValueOrDefault(name)));
            rows[row] = rows.GetValueOrDefault(row) + new Tally(1, hit.IsBot ? 1 : 0, hit.Value);
        }
        return [.. rows.Select(row => $"{row.Key}: {row.Value.Hits} {row.Value.Bots} {row.Value.Value}")];
    }

    /// <summary>The beginning of a row's line.</summary>
    public static string Row(string start, IEnumerable<string?> values) => $"{start} [{string.Join(", ", values.Select(value => value ?? "-"))}]";

    private static Dictionary<string, string> ValuesOf(MemoryHit hit)
    {
        var line = Encoding.UTF8.GetBytes(hit.Line);
        var fields = new HitLine();
        fields.TryRead(line).Should().BeTrue();
        var values = new Dictionary<string, string> { ["key"] = hit.Key.ToString() };
        foreach (var value in new DimensionReader().Read(line, fields))
            values.Add(value.Dimension.Name() + Encoding.ASCII.GetString(value.Name), Encoding.UTF8.GetString(value.Value));
        return values;
    }
}
