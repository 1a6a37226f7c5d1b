using StatHub.Core.Sketches;

namespace StatHub.Core.Rollups;

/// <summary>Sums of one key's hits by what they are labelled with.</summary>
public interface ILabelSums
{
    /// <summary>The sums by dimension of a UTC day, to be added to at once.</summary>
    DimensionSums Day(int day);

    /// <summary>Adds a visitor that is no bot to an hour since 1970.</summary>
    void AddVisitor(int hour, ulong visitor);

    /// <summary>Adds visitors to an hour since 1970.</summary>
    void AddVisitors(int hour, HyperLogLog visitors);
}
