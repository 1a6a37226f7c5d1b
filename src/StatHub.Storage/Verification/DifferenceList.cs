using StatHub.Core.Tenants;
using StatHub.Core.Verification;

namespace StatHub.Storage.Verification;

/// <summary>Collects differences; only the first are kept.</summary>
internal sealed class DifferenceList
{
    private readonly List<Difference> _first = [];

    public IReadOnlyList<Difference> First => _first;

    public long Count { get; private set; }

    /// <summary>Notes a difference where two values are not equal.</summary>
    public void Compare<T>(TenantId tenant, long? day, string? key, string what, T expected, T found)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found))
            Add(new Difference(tenant, day, key, what, $"{expected}", $"{found}"));
    }

    public void Add(Difference difference)
    {
        Count++;
        if (_first.Count < VerifyReport.MostDifferences)
            _first.Add(difference);
    }
}
