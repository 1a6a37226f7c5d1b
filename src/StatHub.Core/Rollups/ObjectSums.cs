using System.Runtime.InteropServices;
using StatHub.Core.Hits;

namespace StatHub.Core.Rollups;

/// <summary>Sums by objects that hits share; the first needs no dictionary.</summary>
internal struct ObjectSums<T>
    where T : class
{
    private static readonly Dictionary<T, Tally> None = [];

    private Dictionary<T, Tally>? _others;

    /// <summary>How many objects there are.</summary>
    public readonly int Count => (First is null ? 0 : 1) + Others.Count;

    /// <summary>One of them; null when there is none.</summary>
    public T? First { get; private set; }

    /// <summary>The sums of <see cref="First"/>.</summary>
    public Tally FirstSums { get; private set; }

    /// <summary>All others.</summary>
    public readonly Dictionary<T, Tally> Others => _others ?? None;

    public void Add(T key, Tally sums)
    {
        if (First is null || ReferenceEquals(First, key))
            (First, FirstSums) = (key, FirstSums + sums);
        else
            CollectionsMarshal.GetValueRefOrAddDefault(_others ??= new Dictionary<T, Tally>(ReferenceEqualityComparer.Instance), key, out _) += sums;
    }
}
