using System.Buffers;
using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Sketches;
using StatHub.Core.Tenants;
using StatHub.Core.Text;
using StatHub.Core.Time;
using StatHub.Storage.Rollups;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Verification;

/// <summary>Compares every row that a tenant has of one day with the sums of its raw hits.</summary>
internal sealed class DayComparison
{
    private readonly Reader _reader;
    private readonly DifferenceList _differences;
    private readonly long _tenantNumber;
    private readonly TenantId _tenant;
    private readonly long _day;
    private readonly PackedDays _packed;
    private readonly bool _hasBots;
    private readonly bool _hasVisitors;
    private readonly bool _hasClients;

    public DayComparison(Reader reader, DifferenceList differences, long tenantNumber, TenantId tenant, long day)
    {
        (_reader, _differences, _tenantNumber, _tenant, _day) = (reader, differences, tenantNumber, tenant, day);
        _packed = new PackedDays(reader.Sql);
        _hasBots = Since("labelled_since");
        _hasVisitors = Since("visitors_since");
        _hasClients = Since("clients_since");
    }

    /// <summary>Some hits of the day were counted before all that is known now was found out.</summary>
    public bool IsUnlabelled => !(_hasBots && _hasVisitors && _hasClients);

    public void Compare(IReadOnlyDictionary<byte[], KeySums> keys)
    {
        foreach (var series in SeriesSums.OfDay(keys))
        {
            var key = series.Key.Length == 0 ? null : series.Key;
            if (Series(series.Key) is { } number)
                Compare(key, number, series);
            else if (key is not null)
                _differences.Compare(_tenant, _day, key, "key", "known", "unknown");
        }
        FindRowsWithoutHits(keys);
    }

    private bool Since(string counter) => _day * MinuteRange.PerDay >= (_reader.Sql("SELECT value FROM counter WHERE name = ?1").Number(counter) ?? 0);

    private long? Series(string key) => _reader.Sql("SELECT id FROM series WHERE tenant = ?1 AND key = ?2").Number(_tenantNumber, key);

    private void Compare(string? key, long series, SeriesSums sums)
    {
        CompareDay(key, series, sums);
        CompareHours(key, series, sums.Sums.Hours, sums.Visitors);
        CompareDimensions(key, series, sums.Dimensions);
    }

    private void CompareDay(string? key, long series, SeriesSums sums)
    {
        var total = sums.Total;
        using var rows = _reader.Sql("SELECT hits, bots, value_e9, value_rest, visitors FROM day WHERE series = ?1 AND day = ?2").Rows(series, _day);
        if (!rows.Read())
        {
            Note(key, "hits", total.Hits, 0);
            return;
        }
        Note(key, "hits", total.Hits, rows.Long(0));
        if (_hasBots)
            Note(key, "bots", total.Bots, rows.Long(1));
        Note(key, "value", total.Value, new SplitValue(rows.Long(2), rows.Long(3)).Sum);
        if (_hasVisitors)
            Note(key, "visitors", sums.AllVisitors, rows.Long(4));
    }

    private void CompareHours(string? key, long series, HourSums hours, IReadOnlyDictionary<int, HyperLogLog> visitors)
    {
        var found = new HourRows(_reader.Sql).Read(series, _day * 24, _day * 24 + 24);
        foreach (var row in found)
        {
            var hour = row.Number;
            var minutes = row.ReadMinutes();
            var expected = hours.Find(hour) ?? new MinuteSums();
            Note(key, $"hits of hour {hour % 24}", expected.Total().Hits, row.Sums.Hits);
            if (!Cells(expected).SequenceEqual(Cells(minutes)))
                Note(key, $"minutes of hour {hour % 24}", $"{expected.Total()} in {expected.Cells.Length} minutes", $"{minutes.Total()} in {minutes.Cells.Length} minutes, other ones");
            if (_hasVisitors)
                Note(key, $"visitors of hour {hour % 24}", visitors.GetValueOrDefault(hour)?.Estimate() ?? 0, row.Visitors);
        }
        Note(key, "hours with hits", hours.Count, found.Count);
        if (_hasVisitors)
            CompareSketches(key, series, visitors);
    }

    private IEnumerable<MinuteSums.Cell> Cells(MinuteSums sums) =>
        sums.Cells.ToArray().Select(cell => _hasBots ? cell : cell with { Bots = 0 }).OrderBy(cell => cell.Minute);

    private void CompareSketches(string? key, long series, IReadOnlyDictionary<int, HyperLogLog> visitors)
    {
        var seen = 0;
        using var rows = _reader.Sql("SELECT hour, sketch FROM visitor_hour WHERE series = ?1 AND hour >= ?2 AND hour < ?3").Rows(series, _day * 24, _day * 24 + 24);
        for (; rows.Read(); seen++)
            CompareSketch(key, rows.Int(0), rows.Blob(1), visitors);
        foreach (var (hour, sketch) in _packed.Sketches(series, _day * 24, _day * 24 + 24))
        {
            CompareSketch(key, hour, sketch, visitors);
            seen++;
        }
        Note(key, "hours with visitors", visitors.Count, seen);
    }

    private void CompareSketch(string? key, int hour, ReadOnlySpan<byte> found, IReadOnlyDictionary<int, HyperLogLog> visitors)
    {
        // Equal sets of visitors have equal bytes.
        if (!visitors.TryGetValue(hour, out var sketch) || !Bytes(sketch).SequenceEqual(found))
            Note(key, $"sketch of visitors of hour {hour % 24}", "that of the raw hits", "another");
    }

    private void CompareDimensions(string? key, long series, DimensionSums day)
    {
        var expected = day.All.ToDictionary(
            one => new DimensionName(one.Dimension, Encoding.ASCII.GetString(one.Own)), one => new Dictionary<byte[], Tally>(one.Values, BytesComparer.Instance));
        using (var rows = _reader.Sql("SELECT dimension, own, top FROM dimension_day WHERE series = ?1 AND day = ?2").Rows(series, _day))
        {
            while (rows.Read())
                CompareTop(key, new DimensionName((Dimension)rows.Int(0), rows.Text(1)), expected, rows.Blob(2));
        }
        foreach (var (_, packed) in _packed.Read(series, _day, _day + 1))
        {
            foreach (var top in packed.Tops)
                CompareTop(key, top.Name, expected, top.Values);
        }
        foreach (var (name, values) in expected.Where(one => IsComparable(one.Key)))
            Note(key, $"top {name}", $"{values.Count} values", "none");
    }

    private void CompareTop(string? key, DimensionName name, Dictionary<DimensionName, Dictionary<byte[], Tally>> expected, ReadOnlySpan<byte> top)
    {
        expected.Remove(name, out var values);
        if (IsComparable(name))
            Compare(key, name, values ?? [], top);
    }

    private bool IsComparable(DimensionName name) => _hasClients
        || name.Dimension is not (Dimension.Browser or Dimension.Os or Dimension.Device or Dimension.Source or Dimension.Referrer or Dimension.ReferrerPath);

    private void Compare(string? key, DimensionName name, Dictionary<byte[], Tally> expected, ReadOnlySpan<byte> top)
    {
        var found = new HeavyHitters();
        if (!found.TryAdd(top))
        {
            Note(key, $"top {name}", "a summary", "bytes that are none");
            return;
        }
        Note(key, $"all values of {name}", Shown(expected.Values.Aggregate(new Tally(0, 0, ValueSum.Zero), Tally.Add)), Shown(found.Total));
        if (found.Error == 0)
            Note(key, $"values of {name}", expected.Count, found.Count);
        foreach (var value in found.ByHits())
        {
            var told = value.Sums;
            var true_ = expected.TryGetValue(value.Name.ToArray(), out var sums) ? sums : default;
            if (told.Hits > true_.Hits || true_.Hits > told.Hits + value.Error || (value.Error == 0 && Shown(told) != Shown(true_)))
                Note(key, $"{name} '{Encoding.UTF8.GetString(value.Name.Span)}'", Shown(true_), $"{Shown(told)}, up to {value.Error} hits more");
        }
    }

    private string Shown(Tally sums) => _hasBots ? $"{sums.Hits} hits, {sums.Bots} bots, value {sums.Value}" : $"{sums.Hits} hits, value {sums.Value}";

    /// <summary>Sums that no raw hit stands behind.</summary>
    private void FindRowsWithoutHits(IReadOnlyDictionary<byte[], KeySums> keys)
    {
        using var rows = _reader.Sql("SELECT s.key, d.hits FROM series s JOIN day d ON d.series = s.id AND d.day = ?2 WHERE s.tenant = ?1").Rows(_tenantNumber, _day);
        while (rows.Read())
        {
            var key = rows.Text(0);
            if (key.Length == 0 ? keys.Count == 0 : !keys.ContainsKey(Encoding.UTF8.GetBytes(key)))
                Note(key.Length == 0 ? null : key, "hits", 0, rows.Long(1));
        }
    }

    private void Note<T>(string? key, string what, T expected, T found) => _differences.Compare(_tenant, _day, key, what, expected, found);

    private static byte[] Bytes(HyperLogLog sketch)
    {
        var bytes = new ArrayBufferWriter<byte>();
        sketch.Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
