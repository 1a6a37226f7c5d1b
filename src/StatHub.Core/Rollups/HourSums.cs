namespace StatHub.Core.Rollups;

/// <summary>Sums by hour since 1970, in no order. Where keys are many most have hits of one hour, for which a dictionary would be five times as large.</summary>
public sealed class HourSums
{
    private MinuteSums? _first;
    private int _firstHour;
    private Dictionary<int, MinuteSums>? _others;

    /// <summary>How many hours have hits.</summary>
    public int Count => (_first is null ? 0 : 1) + (_others?.Count ?? 0);

    /// <summary>The sums of an hour; null where it has no hits.</summary>
    public MinuteSums? Find(int hour) => _first is not null && _firstHour == hour ? _first : _others?.GetValueOrDefault(hour);

    /// <summary>Goes through the hours; takes no object.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>All hours.</summary>
    public KeyValuePair<int, MinuteSums>[] ToArray()
    {
        var all = new KeyValuePair<int, MinuteSums>[Count];
        var count = 0;
        foreach (var hour in this)
            all[count++] = hour;
        return all;
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

    /// <summary>Goes through the hours.</summary>
    public struct Enumerator
    {
        private readonly HourSums _hours;
        private Dictionary<int, MinuteSums>.Enumerator _others;
        private bool _isBehindFirst;

        internal Enumerator(HourSums hours)
        {
            _hours = hours;
            if (hours._others is { } others)
                _others = others.GetEnumerator();
        }

        /// <summary>The hour it is at.</summary>
        public KeyValuePair<int, MinuteSums> Current { get; private set; }

        /// <summary>Goes to the next hour; false behind the last one.</summary>
        public bool MoveNext()
        {
            if (!_isBehindFirst)
            {
                _isBehindFirst = true;
                if (_hours._first is { } first)
                {
                    Current = new(_hours._firstHour, first);
                    return true;
                }
            }
            if (_hours._others is null || !_others.MoveNext())
                return false;
            Current = _others.Current;
            return true;
        }
    }
}
