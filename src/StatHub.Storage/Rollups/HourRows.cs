using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Rollups;

/// <summary>The hours of series, whether they are packed into the row of their day or have rows of their own.</summary>
/// <param name="sql">Statements of the connection.</param>
internal sealed class HourRows(Func<string, Statement> sql)
{
    /// <summary>An hour with hits.</summary>
    /// <param name="Number">Hours since 1970.</param>
    /// <param name="Sums">The sums of all hits.</param>
    /// <param name="Visitors">How many came.</param>
    /// <param name="MinuteBytes">Its minutes, as <see cref="MinuteBlob"/> has them.</param>
    internal readonly record struct Hour(int Number, Tally Sums, long Visitors, byte[] MinuteBytes)
    {
        /// <summary>Its minutes.</summary>
        public MinuteSums ReadMinutes()
        {
            var minutes = new MinuteSums();
            MinuteBlob.AddTo(MinuteBytes, minutes);
            return minutes;
        }
    }

    /// <summary>Those of a series that have hits, in their order.</summary>
    /// <param name="series">The series.</param>
    /// <param name="from">The first hour.</param>
    /// <param name="to">Behind the last hour.</param>
    public IReadOnlyList<Hour> Read(long series, long from, long to)
    {
        if (from >= to)
            return [];
        var hours = new List<Hour>();
        using (var rows = sql("SELECT hour, hits, bots, value_e9, value_rest, visitors, minutes FROM hour WHERE series = ?1 AND hour >= ?2 AND hour < ?3 ORDER BY hour").Rows(series, from, to))
        {
            while (rows.Read())
            {
                var sums = new Tally(rows.Long(1), rows.Long(2), new SplitValue(rows.Long(3), rows.Long(4)).Sum);
                hours.Add(new Hour(rows.Int(0), sums, rows.Long(5), rows.Blob(6).ToArray()));
            }
        }
        // A day has its hours in one way or the other. Of more than one hour both are read, so that a verification finds a day that has both.
        if (hours.Count > 0 && to - from == 1)
            return hours;
        var unpacked = hours.Count;
        AddPacked(series, from, to, hours);
        if (unpacked > 0 && unpacked < hours.Count)
            hours.Sort(static (left, right) => left.Number.CompareTo(right.Number));
        return hours;
    }

    private void AddPacked(long series, long from, long to, List<Hour> hours)
    {
        using var rows = sql("SELECT day, hours, packed FROM day WHERE series = ?1 AND day >= ?2 AND day < ?3 AND hours IS NOT NULL ORDER BY day")
            .Rows(series, from / 24, (to + 23) / 24);
        while (rows.Read())
        {
            var packed = rows.IsNull(2) ? null : PackedDay.Read(rows.Blob(2));
            foreach (var (number, minutes) in PackedHours.Read(rows.Int(0), rows.Blob(1)))
            {
                if (number < from || number >= to)
                    continue;
                var hour = new Hour(number, default, packed?.VisitorsOf(number % 24) ?? 0, minutes);
                hours.Add(hour with { Sums = hour.ReadMinutes().Total() });
            }
        }
    }
}
