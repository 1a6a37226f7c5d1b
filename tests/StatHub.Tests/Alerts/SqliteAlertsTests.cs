using System.Text;
using Microsoft.Data.Sqlite;
using StatHub.Core.Alerts;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Storage;
using StatHub.Storage.Alerts;
using StatHub.Storage.Backups;
using StatHub.Tests.Storage;

namespace StatHub.Tests.Alerts;

public sealed class SqliteAlertsTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");
    private static readonly TenantId Other = TenantId.Parse("other");

    private static readonly AlertRule Rule = new("traffic", AlertMetric.Value, -12.5m)
    {
        Comparison = AlertComparison.Below,
        Window = TimeSpan.FromSeconds(60),
        For = TimeSpan.FromSeconds(1),
        KeepFiringFor = TimeSpan.FromSeconds(2),
        RepeatInterval = TimeSpan.Zero,
        Labels = new Dictionary<string, string> { ["severity"] = "päge" },
    };

    private readonly StoreFolder _folder = new();

    private SqliteAlerts Alerts => _folder.Store.Alerts;

    private DateTimeOffset Now => _folder.Time.Now;

    [Fact]
    public void What_is_put_is_there_after_a_restart()
    {
        Put(Demo, [Rule]);
        Save(Demo, Firing());

        _folder.Restart();

        var (document, standings) = Alerts.Load(Demo);
        document.Should().BeEquivalentTo(new AlertDocument(1, [Rule], [new AlertReceiver("ops", "https://ops.example/x", "s")]));
        standings.Should().Equal(("traffic", Firing().Standing));
        Alerts.History(Demo, long.MaxValue, 10).Should().ContainSingle().Which.Should().BeEquivalentTo(
            new PastTransition(1, "traffic", AlertMetric.Value, "", AlertState.Ok, AlertState.Firing, Now, TimeSpan.FromSeconds(90), Firing().Standing.Measure));
        Alerts.Outbox.Next(Demo, "ops", Now)!.Value.Notification.Body.Should().Equal("body for ops"u8.ToArray());
    }

    [Fact]
    public void A_change_of_state_its_history_and_what_is_told_of_it_are_stored_together_or_not_at_all()
    {
        Put(Demo, [Rule]);
        AlertDatabase.Run(_folder.Path, "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT raise(ABORT, 'no room'); END");

        FluentActions.Invoking(() => Save(Demo, Firing())).Should().Throw<SqliteException>();

        Alerts.Load(Demo).Standings.Should().BeEmpty();
        Alerts.History(Demo, long.MaxValue, 10).Should().BeEmpty();
        AlertDatabase.Run(_folder.Path, "DROP TRIGGER full");
        Save(Demo, Firing()).Should().BeTrue();
        (Alerts.Load(Demo).Standings.Count, Alerts.History(Demo, long.MaxValue, 10).Count, Alerts.Outbox.Count).Should().Be((1, 1, 1));
    }

    [Fact]
    public void What_was_looked_at_with_other_rules_is_not_stored()
    {
        Put(Demo, [Rule]);
        Put(Demo, [Rule]);

        Save(Demo, Firing(), revision: 1).Should().BeFalse();

        (Alerts.Load(Demo).Standings.Count, Alerts.Outbox.Count).Should().Be((0, 0));
    }

    [Fact]
    public void A_rule_that_goes_on_keeps_its_state_and_alerts_of_others_are_over()
    {
        Put(Demo, [Rule, Rule with { Name = "second" }, Rule with { Name = "third" }]);
        foreach (var name in (string[])["traffic", "second", "third"])
            Save(Demo, Firing(name));
        Alerts.Outbox.Count.Should().Be(3);
        _folder.Time.Now += TimeSpan.FromSeconds(5);

        Put(Demo, [Rule with { Threshold = 5 }, Rule with { Name = "second", Metric = AlertMetric.Rate, Comparison = AlertComparison.Above, Threshold = 1 }]);

        Alerts.Load(Demo).Standings.Select(one => one.Rule).Should().Equal("traffic");
        Alerts.History(Demo, long.MaxValue, 2).Select(one => (one.Rule, one.Previous, one.State, one.Duration)).Should().BeEquivalentTo(
            [("second", AlertState.Firing, AlertState.Ok, (TimeSpan?)TimeSpan.FromSeconds(5)), ("third", AlertState.Firing, AlertState.Ok, TimeSpan.FromSeconds(5))]);
        Alerts.Outbox.Count.Should().Be(5);
    }

    [Fact]
    public void A_receiver_keeps_its_secret_until_it_gets_another_and_what_waits_for_one_that_is_gone_goes()
    {
        Put(Demo, [Rule]);
        Save(Demo, Firing());
        Alerts.Put(Demo, [Rule], [("ops", "https://other.example/", null)], Now, _ => []);
        Alerts.Outbox.Next(Demo, "ops", Now)!.Value.Receiver.Should().Be(new AlertReceiver("ops", "https://other.example/", "s"));
        Alerts.Put(Demo, [Rule], [("ops", "https://other.example/", "")], Now, _ => []);
        Alerts.Find(Demo).Receivers.Single().Secret.Should().BeEmpty();
        Alerts.Put(Demo, [Rule], [("dev", "https://other.example/", null)], Now, _ => []);
        Alerts.Find(Demo).Receivers.Single().Secret.Should().BeEmpty();
        Alerts.Outbox.Count.Should().Be(0);
    }

    [Fact]
    public void No_secret_is_in_the_text_of_a_receiver() =>
        new AlertReceiver("ops", "https://ops.example/", "top secret").ToString().Should().NotContain("top secret");

    [Fact]
    public void An_erase_leaves_nothing_of_the_tenant_and_all_of_the_others()
    {
        foreach (var tenant in (TenantId[])[Demo, Other])
        {
            Put(tenant, [Rule with { Labels = new Dictionary<string, string> { ["of"] = $"secretly {tenant}" } }]);
            Save(tenant, Firing());
        }

        _folder.Store.Tenants.Erase(Demo);

        Alerts.Find(Demo).Should().BeEquivalentTo(AlertDocument.Empty);
        (Alerts.Load(Demo).Standings.Count, Alerts.History(Demo, long.MaxValue, 9).Count, Alerts.Outbox.Count).Should().Be((0, 0, 1));
        (Alerts.Load(Other).Standings.Count, Alerts.History(Other, long.MaxValue, 9).Count).Should().Be((1, 1));
        Alerts.Put(Demo, [Rule], [], Now, _ => []).Should().BeNull("a tenant that is gone has no rules");
        _folder.Store.Dispose();
        Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(_folder.Path, "alerts.db"))).Should().NotContain("secretly demo").And.Contain("secretly other");
        _folder.Restart();
    }

    [Fact]
    public void An_older_database_does_not_bring_an_erased_tenant_back()
    {
        Put(Demo, [Rule]);
        _folder.Store.Dispose();
        var older = File.ReadAllBytes(Path.Combine(_folder.Path, "alerts.db"));
        _folder.Restart();
        _folder.Store.Tenants.Erase(Demo);
        _folder.Store.Dispose();
        File.WriteAllBytes(Path.Combine(_folder.Path, "alerts.db"), older);

        _folder.Restart();

        Alerts.Find(Demo).Rules.Should().BeEmpty();
    }

    [Fact]
    public void The_history_is_of_so_many_changes_and_so_many_days()
    {
        using var alerts = new SqliteAlerts(Directory.CreateDirectory(Path.Combine(_folder.Path, "own")).FullName, new AlertSettings { MostHistory = 3, KeptHistory = TimeSpan.FromDays(2) }, _ => true, _folder.Time);
        alerts.Put(Demo, [Rule], [], Now, _ => []);
        for (var i = 0; i < 5; i++)
            alerts.TrySave(Demo, Changes(Firing(), 1), Now);
        alerts.History(Demo, long.MaxValue, 10).Select(one => one.Id).Should().Equal(5, 4, 3);
        _folder.Time.Now += TimeSpan.FromDays(3);
        alerts.TrySave(Demo, Changes(Firing(), 1), Now);
        alerts.History(Demo, long.MaxValue, 10).Select(one => one.Id).Should().Equal(6);
    }

    [Fact]
    public void No_more_waits_for_a_receiver_than_may()
    {
        Put(Demo, [Rule]);
        for (var i = 0; i < AlertOutbox.MostOfReceiver + 7; i++)
            Save(Demo, Firing());
        (Alerts.Outbox.Count, Alerts.Dropped).Should().Be((AlertOutbox.MostOfReceiver, 7));
        Alerts.Outbox.Next(Demo, "ops", Now)!.Value.Notification.Id.Should().Be(8);
    }

    [Fact]
    public void What_is_put_off_is_due_then_and_nothing_overtakes_it()
    {
        Put(Demo, [Rule]);
        Save(Demo, Firing());
        Save(Demo, Firing());
        Alerts.Outbox.PutOff(1, Now.AddSeconds(10));

        Alerts.Outbox.Due(Now).Should().BeEmpty();
        Alerts.Outbox.Next(Demo, "ops", Now).Should().BeNull();
        Alerts.Outbox.Due(Now.AddSeconds(10)).Should().Equal((Demo, "ops"));
        Alerts.Outbox.Next(Demo, "ops", Now.AddSeconds(10))!.Value.Notification.Should().Match<WaitingNotification>(one => one.Id == 1 && one.Attempts == 1);
        Alerts.Outbox.Remove(1);
        Alerts.Outbox.Next(Demo, "ops", Now)!.Value.Notification.Id.Should().Be(2);
    }

    [Fact]
    public void Only_its_owner_reads_the_database() =>
        new FileInfo(Path.Combine(_folder.Path, "alerts.db")).UnixFileMode.Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);

    [Fact]
    public void A_damaged_database_is_put_aside_and_somebody_is_told_until_it_is_gone()
    {
        Put(Demo, [Rule]);
        _folder.Store.Dispose();
        File.WriteAllText(Path.Combine(_folder.Path, "alerts.db"), "this is no database, and it is long enough to be taken for one: " + new string('x', 4096));

        _folder.Restart();

        Alerts.Find(Demo).Rules.Should().BeEmpty();
        Alerts.Quarantine.Files.Should().ContainSingle().Which.Should().EndWith("alerts.db");
        Put(Demo, [Rule]);
        Alerts.Find(Demo).Rules.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_backup_has_the_alerts_of_its_moment_and_a_restore_puts_them_back()
    {
        Put(Demo, [Rule]);
        Save(Demo, Firing());
        string backup;
        using (var backups = _folder.Store.CreateBackups(new BackupSettings { Folder = Path.Combine(_folder.Path, "backups"), Keep = 3 }))
            backup = (await backups.MakeAsync(_ => { }, CancellationToken.None)).Path;
        Put(Demo, []);
        _folder.Store.Dispose();

        var restored = await new StoreRestore(backup, _folder.Path, replace: true, _folder.Time).RunAsync(_ => { }, CancellationToken.None);

        File.Exists(Path.Combine(restored.Replaced!, "alerts.db")).Should().BeTrue();
        _folder.Restart();
        (Alerts.Find(Demo).Rules.Count, Alerts.Load(Demo).Standings.Count, Alerts.History(Demo, long.MaxValue, 9).Count, Alerts.Outbox.Count).Should().Be((1, 1, 1, 1));
    }

    public void Dispose() => _folder.Dispose();

    private void Put(TenantId tenant, IReadOnlyList<AlertRule> rules) =>
        Alerts.Put(tenant, rules, [("ops", "https://ops.example/x", "s")], Now, over => over.Select(_ => (NotificationBody)Body)).Should().NotBeNull();

    private bool Save(TenantId tenant, (string Rule, AlertStanding Standing) state, long? revision = null) =>
        Alerts.TrySave(tenant, Changes(state, revision ?? Alerts.Find(tenant).Revision), Now);

    private AlertChanges Changes((string Rule, AlertStanding Standing) state, long revision) => new(
        revision, [state], [], [new AlertTransition(Rule with { Name = state.Rule }, "", AlertState.Ok, state.Standing.State, Now, TimeSpan.FromSeconds(90), state.Standing.Measure)], [Body]);

    private (string Rule, AlertStanding Standing) Firing(string rule = "traffic") =>
        (rule, new AlertStanding("", AlertState.Firing, Now, Now.AddSeconds(-3), Now.AddSeconds(-1), new AlertMeasure(7, 2, new ValueSum(-(Int128)long.MaxValue * 1000 - 1))));

    private static byte[] Body(AlertReceiver receiver) => Encoding.UTF8.GetBytes($"body for {receiver.Name}");
}
