using StatHub.Core.Rollups;
using StatHub.Core.Sketches;

namespace StatHub.Storage.Rollups;

/// <summary>
/// Adds what hits are labelled with to what waits for their tenant as a whole, where their keys have it already: one key after another, each with hits of one day.
/// </summary>
internal sealed class TenantLabels(PendingRollups.Generation waiting, long series) : ILabelSums
{
    private PendingRollups.Entry? _day;
    private int _dayNumber;
    private HyperLogLog? _visitors;
    private int _hour;

    /// <summary>Whether it is of this tenant as a whole.</summary>
    public bool IsOf(long tenantSeries) => series == tenantSeries;

    /// <summary>Adds the hits of a key.</summary>
    public void Add(byte[] key, KeySums sums)
    {
        sums.AddLabelsTo(this);
        Day(sums.OnlyDay!.Value).AddKey(key, sums.Total);
        waiting.Added(_day!);
    }

    public DimensionSums Day(int day)
    {
        if (_day is null || _dayNumber != day)
            (_day, _dayNumber) = (waiting.Day(series, day), day);
        return _day.Sums;
    }

    public void AddVisitor(int hour, ulong visitor) => waiting.Visitors.Add(Hour(hour), visitor);

    public void AddVisitors(int hour, HyperLogLog visitors) => waiting.Visitors.Add(Hour(hour), visitors);

    private HyperLogLog Hour(int hour)
    {
        if (_visitors is null || _hour != hour)
            (_visitors, _hour) = (waiting.Visitors.Of(series, hour), hour);
        return _visitors;
    }
}
