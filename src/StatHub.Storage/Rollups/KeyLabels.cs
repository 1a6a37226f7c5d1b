using StatHub.Core.Rollups;
using StatHub.Core.Sketches;
using StatHub.Storage.Commits;
using StatHub.Storage.Visitors;

namespace StatHub.Storage.Rollups;

/// <summary>
/// Adds what a batch's hits of a key are labelled with to what waits. Hits come nearly in the order of time, so the last day and hour are at hand.
/// </summary>
internal sealed class KeyLabels(PendingRollups.Generation waiting, KeySeries key) : ILabelSums
{
    private PendingRollups.Entry? _day;
    private int _dayNumber;
    private HyperLogLog? _ofKey;
    private HyperLogLog? _ofTenant;
    private int _hour;

    private PendingVisitors Visitors => waiting.Visitors;

    public DimensionSums Day(int day)
    {
        if (_day is null || _dayNumber != day)
        {
            End();
            (_day, _dayNumber) = (waiting.Day(key, day), day);
        }
        return _day.Sums;
    }

    public void AddVisitor(int hour, ulong visitor)
    {
        Begin(hour);
        Visitors.Add(_ofKey!, visitor);
        if (_ofTenant is not null)
            Visitors.Add(_ofTenant, visitor);
    }

    public void AddVisitors(int hour, HyperLogLog visitors)
    {
        Begin(hour);
        Visitors.Add(_ofKey!, visitors);
        if (_ofTenant is not null)
            Visitors.Add(_ofTenant, visitors);
    }

    /// <summary>Nothing more is added.</summary>
    public void End()
    {
        if (_day is not null)
            waiting.Added(_day);
    }

    private void Begin(int hour)
    {
        if (_ofKey is not null && _hour == hour)
            return;
        (_ofKey, _ofTenant) = (Visitors.Of(key.Series, hour), key.WaitsFor == WaitsFor.Key ? null : Visitors.Of(key.TenantSeries, hour));
        _hour = hour;
    }
}
