namespace StatHub.Core.Events;

/// <summary>What is wrong with events; at most 100 things are told.</summary>
internal sealed class EventFaults
{
    private const int Most = 100;

    private readonly List<EventError> _all = [];

    public IReadOnlyList<EventError> All => _all;

    /// <summary>Which event is being read, counted from 0.</summary>
    public int Index { get; set; }

    public void Clear()
    {
        _all.Clear();
        Index = 0;
    }

    public void Add(string field, string detail)
    {
        if (_all.Count < Most)
            _all.Add(new EventError(Index, field, detail));
    }

    /// <summary>Whether something is wrong with a field of this event.</summary>
    public bool Has(string field) => _all.Exists(error => error.Index == Index && error.Field == field);
}
