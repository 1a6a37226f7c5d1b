using StatHub.Server.Http;

namespace StatHub.Server.Store;

/// <summary>Tells of a database that turned out damaged while it was used (answers and commits fail until the service is started anew), and of one that an erase could not be done in.</summary>
internal sealed class DamageReadiness(Storage.Store store) : IReadinessSource, IMetricSource
{
    public IEnumerable<string> Reasons()
    {
        foreach (var unfinished in store.UnfinishedErasures)
            yield return $"{unfinished}. The next start tries again.";
        if (store.Damage.Found is { } found)
            yield return $"The database is damaged: {found}. Restart the service: the start makes it again from raw hits, rollup files and its copy.";
    }

    public void WriteTo(PrometheusText text) => text
        .Metric("stathub_database_damaged", "gauge", "1 when the database turned out damaged while it was used; a restart makes it again.")
        .Sample("stathub_database_damaged", store.Damage.Found is null ? 0 : 1);
}
