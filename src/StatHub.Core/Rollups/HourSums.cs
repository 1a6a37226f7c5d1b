namespace StatHub.Core.Rollups;

/// <summary>Sums by hour since 1970. Where keys are many most have hits of one hour, for which a dictionary would be five times as large.</summary>
public sealed class HourSums
{
    private MinuteSums? _first;
    private int _firstHour;
    private Dictionary<int, MinuteSums>? _others;

    /// <summary>How many hours have hits.</summary>
    public int Count => (_first is null ? 0 : 1) + (_others?.Count ?? 0);

    /// <summary>The sums of an hour; null where it has no hits.</summary>
    public MinuteSums? Find(int hour) => _first is not null && _firstHour == hour ? _first : _others?.GetValueOrDefault(hour);

    /// <summary>Each hour with its sums, in no order.</summary>
    public IEnumerable<KeyValuePair<int, MinuteSums>> All
    {
        get
        {
            if (_first is not null)
                yield return new(_firstHour, _first);
            foreach (var other in _others ?? [])
                yield return other;
        }
    }

    /// <summary>The sums of an hour, to be added to.</summary>
    internal MinuteSums Of(int hour)
    {
        if (Find(hour) is { } known)
            return known;
        var sums = new MinuteSums();
        if (_first is null)
            (_firstHour, _first) = (hour, sums);
        else
            (_others ??= []).Add(hour, sums);
        return sums;
    }
}
