using StatHub.Core.Stats;
using StatHub.Core.Tenants;

namespace StatHub.Storage.Stats;

/// <summary>Archives every dim at the begin of its periods. Not for two threads at once.</summary>
/// <param name="stats">What is archived.</param>
/// <param name="tenants">Whose.</param>
/// <param name="periods">How often a dim is.</param>
/// <param name="time">Tells when.</param>
public sealed class StatsArchiver(SqliteStats stats, ITenantStore tenants, Func<string, TimeSpan> periods, TimeProvider time)
{
    private readonly Dictionary<(TenantId Tenant, string Dim), long> _written = [];

    /// <summary>Archives every dim that is not yet archived for the period that is now. Where one fails the others are done all the same.</summary>
    /// <returns>What failed, and is done by the next call, and how many stats found no room.</returns>
    public ArchiveResult Run()
    {
        var (failures, left) = (new List<Exception>(), 0);
        var now = time.GetUtcNow();
        foreach (var tenant in tenants.List())
        {
            foreach (var (dim, values) in stats.Read(tenant.Id, dim: null).Dims)
            {
                var start = GaugeBucket.Containing(now, periods(dim)).Start;
                if (_written.GetValueOrDefault((tenant.Id, dim), long.MinValue) != start && TryWrite(tenant.Id, dim, start, values, failures, ref left))
                    _written[(tenant.Id, dim)] = start;
            }
        }
        return new ArchiveResult(failures, left);
    }

    private bool TryWrite(TenantId tenant, string dim, long start, SortedDictionary<string, ReportedStats> values, List<Exception> failures, ref int left)
    {
        try
        {
            left += stats.Archive.Write(tenant, dim, start, values);
            return true;
        }
#pragma warning disable CA1031 // A full disk, a damaged file: somebody is told, and the next try may do better.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Add(exception);
            return false;
        }
    }
}

/// <summary>What became of an archive.</summary>
/// <param name="Failures">Why dims could not be written.</param>
/// <param name="LeftOut">How many stats found no table or column: there is none to be had, so that they are not tried again before their next period.</param>
public sealed record ArchiveResult(IReadOnlyList<Exception> Failures, int LeftOut);
