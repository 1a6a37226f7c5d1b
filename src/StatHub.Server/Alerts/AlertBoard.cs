using System.Collections.Concurrent;
using StatHub.Core.Alerts;
using StatHub.Core.Tenants;
using StatHub.Server.Http;
using StatHub.Storage.Alerts;

namespace StatHub.Server.Alerts;

/// <summary>A rule at the last look.</summary>
internal sealed record LookedAt(AlertRule Rule, AlertState State, IReadOnlyList<AlertStanding> Standings, int Unnamed);

/// <summary>The rules of a tenant at the last look.</summary>
/// <param name="Revision">The revision of the document that was looked with.</param>
/// <param name="AsOf">The instant that was looked at.</param>
/// <param name="Rules">The rules.</param>
internal sealed record TenantLook(long Revision, DateTimeOffset AsOf, IReadOnlyList<LookedAt> Rules);

/// <summary>How it stood with everybody's rules at the last look, for requests and those who watch the service.</summary>
internal sealed class AlertBoard(SqliteAlerts alerts) : IReadinessSource, IMetricSource
{
    private readonly ConcurrentDictionary<TenantId, TenantLook> _looks = new();
    private volatile string? _problem;
    private long _failures;
    private long _lagMilliseconds;

    /// <summary>The last look at a tenant's rules; null before the first.</summary>
    public TenantLook? Of(TenantId tenant) => _looks.GetValueOrDefault(tenant);

    public void Looked(TenantId tenant, TenantLook look) => _looks[tenant] = look;

    public void Forget(TenantId tenant) => _looks.TryRemove(tenant, out _);

    /// <summary>A round is done.</summary>
    /// <param name="lag">How far behind the clock the journal is.</param>
    /// <param name="problem">What one of them failed of.</param>
    public void Done(TimeSpan lag, string? problem)
    {
        Interlocked.Exchange(ref _lagMilliseconds, (long)lag.TotalMilliseconds);
        _problem = problem;
        if (problem is not null)
            Interlocked.Increment(ref _failures);
    }

    public IEnumerable<string> Reasons()
    {
        if (alerts.Damage.Found is { } found)
            yield return $"The database of alerts is damaged: {found}. Restart the service: the start puts it in quarantine and begins a new one.";
        else if (_problem is { } problem)
            yield return $"Alerts could not be looked at; it is tried again. {problem}";
        foreach (var file in alerts.Quarantine.Files)
            yield return $"Alerts up to then are in {file}, which is damaged; new ones began with no rules. Restore a backup, or remove that file when they are written again.";
    }

    public void WriteTo(PrometheusText text)
    {
        var rules = _looks.Values.SelectMany(look => look.Rules).ToList();
        text.Metric("stathub_alert_rules", "gauge", "Rules that are looked at.")
            .Sample("stathub_alert_rules", rules.Count)
            .Metric("stathub_alerts_active", "gauge", "Alerts that are not over.")
            .Sample("stathub_alerts_active", rules.Sum(rule => rule.Standings.Count(standing => standing.State.IsActive())))
            .Metric("stathub_alert_lag_seconds", "gauge", "How far behind the clock rules are looked at. Over 60 nothing is said.")
            .Sample("stathub_alert_lag_seconds", Interlocked.Read(ref _lagMilliseconds) / 1000.0)
            .Metric("stathub_alert_failures_total", "counter", "Rounds in which the rules of a tenant could not be looked at.")
            .Sample("stathub_alert_failures_total", Interlocked.Read(ref _failures));
    }
}
