using StatHub.Core.Tenants;

namespace StatHub.Core.Stats;

/// <summary>The stats of all tenants. Every method is safe to call from several threads.</summary>
public interface IStatsStore
{
    /// <summary>Applies an update whole. It is durable, and what is read has it, when the task is done.</summary>
    /// <returns>Why it was refused, and changed nothing; null when it was applied.</returns>
    /// <exception cref="StatsUnavailableException">It could not be stored, or too many wait: nobody was told that it was.</exception>
    Task<StatRefusal?> ApplyAsync(TenantId tenant, StatUpdate update);

    /// <summary>What is reported of a dim, or of all.</summary>
    /// <param name="tenant">Whose stats.</param>
    /// <param name="dim">A dim in lower case; null for all.</param>
    StatReport Read(TenantId tenant, string? dim);

    /// <summary>The same as long as everything that is read of a tenant is the same.</summary>
    StatStamp Stamp(TenantId tenant);

    /// <summary>Removes every stat whose name contains a text, of ids and of dims.</summary>
    /// <returns>How many stats: a name is one, for each kind that it has.</returns>
    /// <exception cref="StatsUnavailableException">They could not be removed.</exception>
    Task<int> DeleteAsync(TenantId tenant, string containing);
}

/// <summary>A state of a tenant's stats: how many changes there were, and the bucket that gauges are in.</summary>
public readonly record struct StatStamp(long Changes, long Bucket);

/// <summary>Stats cannot be written at the moment; what failed may be tried again.</summary>
public sealed class StatsUnavailableException : Exception
{
    public StatsUnavailableException()
    {
    }

    public StatsUnavailableException(string message)
        : base(message)
    {
    }

    public StatsUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
