using System.Runtime.InteropServices;
using StatHub.Core.Hits;

namespace StatHub.Core.Rollups;

/// <summary>Sums by objects that hits share; the first needs no dictionary.</summary>
internal struct ObjectSums<T>
    where T : class
{
    private T? _first;
    private Tally _firstSums;
    private Dictionary<T, Tally>? _others;

    /// <summary>How many objects there are.</summary>
    public readonly int Count => (_first is null ? 0 : 1) + (_others?.Count ?? 0);

    /// <summary>All of them.</summary>
    public readonly IEnumerable<(T Object, Tally Sums)> All
    {
        get
        {
            if (_first is not null)
                yield return (_first, _firstSums);
            if (_others is null)
                yield break;
            foreach (var (other, sums) in _others)
                yield return (other, sums);
        }
    }

    public void Add(T key, Tally sums)
    {
        if (_first is null || ReferenceEquals(_first, key))
            (_first, _firstSums) = (key, _firstSums + sums);
        else
            CollectionsMarshal.GetValueRefOrAddDefault(_others ??= new Dictionary<T, Tally>(ReferenceEqualityComparer.Instance), key, out _) += sums;
    }
}
