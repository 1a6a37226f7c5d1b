using StatHub.Core.Alerts;
using StatHub.Core.Tenants;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Alerts;

/// <summary>What a receiver is to be told: the body of the request to it.</summary>
public delegate byte[] NotificationBody(AlertReceiver receiver);

/// <summary>What changed of one tenant at one look.</summary>
/// <param name="Revision">The revision of the document that was looked with.</param>
/// <param name="Kept">States that are to be kept, with the names of their rules.</param>
/// <param name="Gone">Clients of rules that have none any more.</param>
/// <param name="Transitions">Changes of state.</param>
/// <param name="Notifications">What every receiver is to be told.</param>
public sealed record AlertChanges(
    long Revision, IReadOnlyList<(string Rule, AlertStanding Standing)> Kept, IReadOnlyList<(string Rule, string Client)> Gone,
    IReadOnlyList<AlertTransition> Transitions, IReadOnlyList<NotificationBody> Notifications);

/// <summary>
/// Rules, states, history and what is still to be told, in a database of their own. A change of state, its row of history and what is to be told of it are one transaction.
/// </summary>
public sealed class SqliteAlerts : IDisposable, ITenantData
{
    private readonly Writer _writer;
    private readonly ReadPool _readers;
    private readonly AlertRows _rows;
    private readonly AlertSettings _settings;
    private readonly Func<TenantId, bool> _isRegistered;
    private long _dropped;
    private long _changes;

    /// <summary>Opens the database of a data folder.</summary>
    /// <param name="dataPath">The folder.</param>
    /// <param name="settings">What is kept how long.</param>
    /// <param name="isRegistered">Whether a tenant is; asked when something of it is written, since it may have been erased meanwhile.</param>
    /// <param name="time">Tells when a damaged database was found.</param>
    /// <exception cref="StoreException">The database is of a newer version.</exception>
    public SqliteAlerts(string dataPath, AlertSettings settings, Func<TenantId, bool> isRegistered, TimeProvider time)
    {
        (_settings, _isRegistered) = (settings, isRegistered);
        Quarantine = new DatabaseQuarantine(dataPath, AlertsSchema.File);
        Quarantine.TakeDamaged(time.GetUtcNow());
        Damage = new DatabaseDamage(dataPath, AlertsSchema.File);
        _writer = new Writer(dataPath, AlertsSchema.File, Damage);
        _readers = new ReadPool(dataPath, AlertsSchema.File, Damage);
        _rows = new AlertRows(_writer);
        Outbox = new AlertOutbox(_writer, _readers);
        try
        {
            OwnerOnly(Path.Combine(dataPath, AlertsSchema.File.Name));
            // Readers find the tables.
            _writer.Alone(() => true);
        }
        catch
        {
            _writer.Dispose();
            throw;
        }
    }

    /// <summary>What is still to be told.</summary>
    public AlertOutbox Outbox { get; }

    /// <summary>What was found damaged in the database since it was opened.</summary>
    public DatabaseDamage Damage { get; }

    /// <summary>Where a database is that was damaged at a start.</summary>
    public DatabaseQuarantine Quarantine { get; }

    /// <summary>Notifications, since the start, that were too many for their receiver.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Another number after every change of a document.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>What a tenant wants to be told of.</summary>
    public AlertDocument Find(TenantId tenant) => _writer.Alone(() => _rows.Document(tenant)) ?? AlertDocument.Empty;

    /// <summary>The revisions of all documents that have rules.</summary>
    public IReadOnlyDictionary<TenantId, long> Revisions() => _readers.Ask(reader =>
    {
        var revisions = new Dictionary<TenantId, long>();
        using var rows = reader.Sql("SELECT tenant, revision FROM document WHERE rules <> '[]'").Rows();
        while (rows.Read())
            revisions[TenantId.Parse(rows.Text(0))] = rows.Long(1);
        return revisions;
    });

    /// <summary>The document of a tenant, and how it stands with its rules.</summary>
    public (AlertDocument Document, IReadOnlyList<(string Rule, AlertStanding Standing)> Standings) Load(TenantId tenant) =>
        _writer.Alone(() => (_rows.Document(tenant) ?? AlertDocument.Empty, _rows.Standings(tenant)));

    /// <summary>
    /// Puts other rules in the place of a tenant's. What goes on under its name and with its metric keeps its state; what does not is over. Null when there is no such tenant.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="receivers">The receivers; those whose secret is null keep the one that they have.</param>
    /// <param name="now">The clock.</param>
    /// <param name="tell">What is to be told of what is over.</param>
    public AlertDocument? Put(
        TenantId tenant, IReadOnlyList<AlertRule> rules, IReadOnlyList<(string Name, string Url, string? Secret)> receivers, DateTimeOffset now,
        Func<IReadOnlyList<AlertTransition>, IEnumerable<NotificationBody>> tell)
    {
        var document = _writer.Transaction(() => PutNow(tenant, rules, receivers, now, tell));
        Interlocked.Increment(ref _changes);
        return document;
    }

    /// <summary>Keeps what changed; false, and nothing is kept, when the rules are others by now or the tenant is gone.</summary>
    public bool TrySave(TenantId tenant, AlertChanges changes, DateTimeOffset now) => _writer.Transaction(() =>
    {
        if (_rows.Document(tenant) is not { } document || document.Revision != changes.Revision || !_isRegistered(tenant))
            return false;
        foreach (var (rule, client) in changes.Gone)
            _rows.Forget(tenant, rule, client);
        foreach (var (rule, standing) in changes.Kept)
            _rows.Keep(tenant, rule, standing);
        Note(tenant, document, changes.Transitions, changes.Notifications, now);
        return true;
    });

    /// <summary>The latest changes of a tenant's states, the latest first.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="before">Only those with a smaller number.</param>
    /// <param name="most">At most so many.</param>
    public IReadOnlyList<PastTransition> History(TenantId tenant, long before, int most) => _readers.Ask(reader => AlertRows.History(reader, tenant, before, most));

    void ITenantData.Erase(TenantId tenant, long erasedAt)
    {
        var name = tenant.ToString();
        if (_writer.Alone(() => _writer.Sql("SELECT erased_ms FROM erased WHERE tenant = ?1").Number(name) >= erasedAt))
            return;
        _writer.Transaction(() =>
        {
            // What is deleted is overwritten, so that no copy of the file has it.
            _writer.Sql("PRAGMA secure_delete = ON").Run();
            foreach (var table in (string[])["document", "standing", "history", "outbox"])
                _writer.Sql($"DELETE FROM {table} WHERE tenant = ?1").Run(name);
            _writer.Sql("PRAGMA secure_delete = OFF").Run();
            _writer.Sql("INSERT INTO erased (tenant, erased_ms) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET erased_ms = excluded.erased_ms").Run(name, erasedAt);
        });
        Interlocked.Increment(ref _changes);
        // The log would keep what was overwritten in the file.
        _writer.Alone(() => _writer.Sql("PRAGMA wal_checkpoint(TRUNCATE)").Number());
    }

    public void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
    }

    private AlertDocument? PutNow(
        TenantId tenant, IReadOnlyList<AlertRule> rules, IReadOnlyList<(string Name, string Url, string? Secret)> receivers, DateTimeOffset now,
        Func<IReadOnlyList<AlertTransition>, IEnumerable<NotificationBody>> tell)
    {
        if (!_isRegistered(tenant))
            return null;
        var before = _rows.Document(tenant) ?? AlertDocument.Empty;
        var document = new AlertDocument(before.Revision + 1, rules, [.. receivers.Select(one => WithSecret(one, before))]);
        Outbox.Keep(tenant, document.Receivers);
        End(tenant, before, document, now, tell);
        _rows.Put(tenant, document);
        return document;
    }

    private static AlertReceiver WithSecret((string Name, string Url, string? Secret) receiver, AlertDocument before) =>
        new(receiver.Name, receiver.Url, receiver.Secret ?? before.Receivers.FirstOrDefault(known => known.Name == receiver.Name)?.Secret ?? "");

    private void End(
        TenantId tenant, AlertDocument before, AlertDocument after, DateTimeOffset now, Func<IReadOnlyList<AlertTransition>, IEnumerable<NotificationBody>> tell)
    {
        var over = new List<AlertTransition>();
        foreach (var (name, standing) in _rows.Standings(tenant))
        {
            var rule = before.Rules.First(one => one.Name == name);
            if (after.Successor(rule) is not null)
                continue;
            if (standing.State != AlertState.Ok)
                over.Add(new AlertTransition(rule, standing.Client, standing.State, AlertState.Ok, now, now > standing.Since ? now - standing.Since : TimeSpan.Zero, standing.Measure));
            _rows.Forget(tenant, name, standing.Client);
        }
        Note(tenant, after, over, [.. tell(over)], now);
    }

    private void Note(TenantId tenant, AlertDocument document, IReadOnlyList<AlertTransition> transitions, IReadOnlyList<NotificationBody> notifications, DateTimeOffset now)
    {
        foreach (var transition in transitions)
            _rows.Note(tenant, transition);
        if (transitions.Count > 0)
            _rows.Prune(tenant, now - _settings.KeptHistory, _settings.MostHistory);
        foreach (var (body, receiver) in notifications.SelectMany(_ => document.Receivers, (body, receiver) => (body, receiver)))
            Interlocked.Add(ref _dropped, Outbox.Add(tenant, receiver.Name, body(receiver), now));
    }

    /// <summary>The secrets of receivers are in it. SQLite gives its log the mode of the file.</summary>
    private static void OwnerOnly(string path)
    {
        using (File.Open(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite }))
        {
        }
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}

/// <summary>What is kept of alerts.</summary>
public sealed record AlertSettings
{
    /// <summary>How long a change of state is in the history.</summary>
    public TimeSpan KeptHistory { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How many changes of a tenant are in it.</summary>
    public int MostHistory { get; init; } = 10_000;
}
