using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Storage.Alerts;

namespace StatHub.Server.Alerts;

/// <summary>
/// Looks at everybody's rules, round by round, at the instant up to which the journal is read: hits that are written and not read yet make nobody recover and nobody go missing. Belongs to one
/// thread; windows are filled by others.
/// </summary>
internal sealed class AlertRounds(
    Storage.Store store, SqliteAlerts alerts, IJournal journal, AlertBoard board, WebhookText text, WebhookBell bell, TimeProvider time) : IDisposable
{
    // Whoever failed reads raw hits again: not each second of a full disk.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<TenantId, Place> _places = [];

    // Filling reads raw hits, which requests do too.
    private readonly SemaphoreSlim _filling = new(2);
    private long _changes = -1;
    private DateTimeOffset _again;

    /// <summary>A tenant and the work of filling its windows.</summary>
    private sealed record Place(TenantAlerts Alerts, Task Filled);

    /// <summary>Looks once; what failed, by tenant.</summary>
    public IReadOnlyList<(TenantId Tenant, Exception Failure)> Run(CancellationToken stop)
    {
        var failures = new List<(TenantId, Exception)>();
        // Before anything is taken that was committed: what was written up to then is in it.
        var asOf = journal.AsOf;
        if (asOf <= DateTimeOffset.UnixEpoch)
            return failures;
        var now = time.GetUtcNow();
        if (now >= _again || _again - now > Patience)
            Follow(Instant(asOf, now), stop);
        foreach (var (tenant, place) in _places.Where(place => place.Value.Filled.IsCompleted).ToList())
        {
            try
            {
                Look(tenant, place, asOf, now);
            }
#pragma warning disable CA1031 // Rules of one tenant that cannot be looked at must not hold up those of others.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                // What was not stored has not happened: it begins anew with what is.
                Leave(tenant);
                failures.Add((tenant, exception));
                _again = now + Patience;
            }
        }
        board.Done(now - asOf, failures.Count == 0 ? null : failures[0].Item2.Message);
        return failures;
    }

    public void Dispose()
    {
        foreach (var tenant in _places.Keys.ToList())
            Leave(tenant);
    }

    private static DateTimeOffset Instant(DateTimeOffset asOf, DateTimeOffset now) =>
        // A clock that was set back is ahead of what was read.
        asOf > now ? now : now - asOf > TenantAlerts.MostLag ? now - TenantAlerts.MostLag : asOf;

    /// <summary>Takes in who has other rules since the last round.</summary>
    private void Follow(DateTimeOffset instant, CancellationToken stop)
    {
        var changes = alerts.Changes;
        if (changes == _changes)
            return;
        var revisions = alerts.Revisions();
        foreach (var (tenant, place) in _places.Where(place => revisions.GetValueOrDefault(place.Key) != place.Value.Alerts.Document.Revision).ToList())
            Leave(tenant);
        foreach (var tenant in revisions.Keys.Where(tenant => !_places.ContainsKey(tenant)))
            _places[tenant] = Begin(tenant, instant, stop);
        _changes = changes;
    }

    private Place Begin(TenantId tenant, DateTimeOffset instant, CancellationToken stop)
    {
        var (document, standings) = alerts.Load(tenant);
        var begun = new TenantAlerts(tenant, document, standings, instant);
        return new Place(begun, Task.Run(() => FillAsync(begun, stop), stop));
    }

    private async Task FillAsync(TenantAlerts begun, CancellationToken stop)
    {
        await _filling.WaitAsync(stop);
        try
        {
            begun.Fill(store, () => Instant(journal.AsOf, time.GetUtcNow()), stop);
        }
        finally
        {
            _filling.Release();
        }
    }

    private void Look(TenantId tenant, Place place, DateTimeOffset asOf, DateTimeOffset now)
    {
        place.Filled.GetAwaiter().GetResult();
        if (place.Alerts.IsLost)
        {
            Leave(tenant);
            return;
        }
        var instant = Instant(asOf, now);
        if (instant != asOf && asOf <= now)
        {
            // Too much is not read yet to say anything.
            place.Alerts.Advance(instant);
            return;
        }
        if (place.Alerts.Evaluate(instant, text) is { } changes)
        {
            if (!alerts.TrySave(tenant, changes, now))
            {
                Leave(tenant);
                return;
            }
            place.Alerts.Saved(changes);
            if (changes.Notifications.Count > 0)
                bell.Ring();
        }
        board.Looked(tenant, new TenantLook(place.Alerts.Document.Revision, instant, [.. place.Alerts.Evaluators.Select(one => new LookedAt(one.Rule, one.State, one.Standings, one.Unnamed))]));
    }

    /// <summary>Whoever still has rules is taken in again by the next round.</summary>
    private void Leave(TenantId tenant)
    {
        _changes = -1;
        board.Forget(tenant);
        if (!_places.Remove(tenant, out var place))
            return;
        // Nobody waits for what is being filled; it is let go of when that is done.
        place.Filled.ContinueWith(_ => place.Alerts.Dispose(), TaskScheduler.Default);
    }
}
