using System.Text.Json;
using StatHub.Core.Alerts;
using StatHub.Core.Tenants;
using StatHub.Server.Alerts;
using StatHub.Storage.Commits;
using StatHub.Tests.Storage;
using static StatHub.Tests.Journal.Lines;

namespace StatHub.Tests.Alerts;

/// <summary>Rules over real commits, second by second.</summary>
public sealed class AlertRoundsTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");
    private static readonly AlertRule Traffic = new("traffic", AlertMetric.Rate, 10);
    private static readonly AlertRule Silence = new("silence", AlertMetric.NoData, 0);

    private readonly StoreFolder _folder = new();
    private ReadJournal _journal;
    private AlertBoard _board = null!;
    private AlertRounds _rounds = null!;
    private WebhookBell _bell = null!;

    public AlertRoundsTests()
    {
        _journal = new ReadJournal(_folder);
        Begin();
    }

    [Fact]
    public void It_begins_with_1201_hits_in_two_minutes_and_ends_with_the_clock()
    {
        Put(Traffic);
        Write(1200);
        Seconds(1);
        History().Should().BeEmpty();
        Write(1);
        Seconds(200);
        History().Should().Equal(("traffic", AlertState.Firing, 1201, 1.0), ("traffic", AlertState.Ok, 1, 119.0));
        Outbox().Should().Equal("firing traffic hits = 1201", "resolved traffic hits = 1");
    }

    [Fact]
    public void While_the_journal_is_not_read_nobody_recovers_and_nobody_goes_missing()
    {
        Put(Traffic, Silence);
        Write(1201);
        Seconds(1);
        // Traffic goes on, and nobody reads it for ten minutes.
        for (var second = 0; second < 600; second++)
        {
            Write(11);
            _folder.Time.Now += TimeSpan.FromSeconds(1);
            Round();
        }
        History().Should().ContainSingle();
        for (var second = 0; second < 300; second++)
        {
            Write(11);
            Seconds(1);
        }
        History().Should().ContainSingle();
        _board.Of(Demo)!.Rules[0].Standings.Single().Measure.Hits.Should().Be(1320);
    }

    [Fact]
    public void A_journal_that_is_read_twice_a_minute_makes_nobody_recover_and_nobody_go_missing()
    {
        var window = TimeSpan.FromSeconds(20);
        Put(Traffic with { Window = window }, Silence with { Window = window });
        for (var second = 0; second < 300; second++)
        {
            Write(11);
            if (second % 30 == 0)
                _journal.Read();
            Round();
            _folder.Time.Now += TimeSpan.FromSeconds(1);
        }
        History().Should().ContainSingle().Which.State.Should().Be(AlertState.Firing);
    }

    [Fact]
    public void What_is_written_and_read_late_counts_at_its_own_time()
    {
        Put(Traffic);
        Seconds(10);
        // 30 seconds are read at once, and are still ahead of nobody.
        for (var second = 0; second < 30; second++)
        {
            Write(60);
            _folder.Time.Now += TimeSpan.FromSeconds(1);
            Round();
        }
        History().Should().BeEmpty();
        Seconds(1);
        History().Should().ContainSingle().Which.Hits.Should().Be(1800);
    }

    [Fact]
    public void A_restart_neither_fires_again_nor_forgets()
    {
        Put(Traffic, Silence);
        Write(1201);
        Seconds(1);
        for (var restart = 0; restart < 5; restart++)
        {
            Restart();
            Seconds(20);
        }
        History().Should().ContainSingle("it was told, and it is not over");
        Restart();
        Seconds(60);
        History().Should().Equal(("traffic", AlertState.Firing, 1201, null), ("traffic", AlertState.Ok, 0, 120.0), ("silence", AlertState.NoData, 0, 120.0));
    }

    [Fact]
    public void Hits_that_came_while_nobody_was_there_count_after_the_start()
    {
        Put(Traffic);
        Seconds(1);
        Write(1000);
        Seconds(1);
        _rounds.Dispose();
        for (var second = 0; second < 60; second++)
        {
            Write(4);
            _folder.Time.Now += TimeSpan.FromSeconds(1);
        }
        Restart();
        Seconds(1);
        History().Should().ContainSingle().Which.Hits.Should().Be(1240);
    }

    [Fact]
    public void A_kill_between_a_change_of_state_and_anything_else_tells_it_once()
    {
        Put(Traffic);
        Write(1201);
        Seconds(1);
        var copy = _folder.CopyAsKilled();
        using (var killed = StatHub.Storage.Store.Open(new StatHub.Storage.StoreOptions { DataPath = copy }, _folder.Time))
        {
            var board = new AlertBoard(killed.Alerts);
            using var bell = new WebhookBell();
            using var rounds = new AlertRounds(killed, killed.Alerts, _journal, board, new WebhookText(null), bell, _folder.Time);
            while (board.Of(Demo) is null)
                rounds.Run(CancellationToken.None).Should().BeEmpty();
            rounds.Run(CancellationToken.None);
            killed.Alerts.History(Demo, long.MaxValue, 10).Should().ContainSingle();
            killed.Alerts.Outbox.Count.Should().Be(1);
        }
        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public void What_could_not_be_stored_has_not_happened_and_is_told_when_it_can()
    {
        Put(Traffic);
        Seconds(1);
        AlertDatabase.Run(_folder.Path, "CREATE TRIGGER full BEFORE INSERT ON history BEGIN SELECT raise(ABORT, 'no room'); END");
        Write(1201);
        _journal.Read();
        _rounds.Run(CancellationToken.None).Should().ContainSingle().Which.Tenant.Should().Be(Demo);
        _board.Reasons().Should().ContainSingle().Which.Should().Contain("no room");
        (History().Count, Outbox().Count).Should().Be((0, 0));
        AlertDatabase.Run(_folder.Path, "DROP TRIGGER full");
        _rounds.Run(CancellationToken.None).Should().BeEmpty();
        History().Should().BeEmpty("it is not tried at once");
        _folder.Time.Now += TimeSpan.FromSeconds(5);
        Seconds(2);
        History().Should().ContainSingle().Which.State.Should().Be(AlertState.Firing);
        _board.Reasons().Should().BeEmpty();
    }

    [Fact]
    public void Other_rules_count_from_the_next_round_and_go_on_where_they_are_the_same()
    {
        Put(Traffic);
        Write(1201);
        Seconds(1);
        Put(Traffic, Traffic with { Name = "more", Threshold = 5 }, Traffic with { Name = "clients", Metric = AlertMetric.ClientRate, Threshold = 1 });
        Seconds(1);
        History().Select(one => one.Rule).Should().Equal("traffic", "more", "clients");
        Put();
        History().Should().HaveCount(6);
        Outbox().Count(one => one.StartsWith("resolved", StringComparison.Ordinal)).Should().Be(3);
        Seconds(2);
        _board.Of(Demo).Should().BeNull();
    }

    [Fact]
    public void A_tenant_that_is_erased_is_looked_at_no_more()
    {
        Put(Traffic);
        Seconds(1);
        _folder.Store.Tenants.Erase(Demo);
        _journal.Read();
        _rounds.Run(CancellationToken.None).Should().BeEmpty();
        _board.Of(Demo).Should().BeNull();
    }

    [Fact]
    public void What_is_not_over_is_told_again_after_every_interval()
    {
        Put(Silence with { RepeatInterval = TimeSpan.FromMinutes(1) });
        Write(1);
        Seconds(420);
        History().Should().ContainSingle();
        Outbox().Should().HaveCount(5).And.OnlyContain(one => one.StartsWith("firing silence", StringComparison.Ordinal));
    }

    [Fact]
    public void A_clock_that_is_set_back_tells_nothing()
    {
        Put(Traffic, Silence);
        for (var second = 0; second < 130; second++)
        {
            Write(11);
            Seconds(1);
        }
        _folder.Time.Now -= TimeSpan.FromHours(1);
        for (var second = 0; second < 130; second++)
        {
            Write(11);
            Seconds(1);
        }
        History().Should().ContainSingle().Which.State.Should().Be(AlertState.Firing);
    }

    [Fact]
    public void Many_hits_that_wait_at_once_are_read_again()
    {
        Put(Traffic);
        Seconds(1);
        var line = Hit(at: Clock, args: "x=" + new string('y', 200_000));
        for (var i = 0; i < 12; i++)
            _folder.Ingest([.. Enumerable.Repeat(line, 20)]);
        Write(1000);
        Seconds(3);
        History().Should().ContainSingle().Which.Hits.Should().Be(1240);
    }

    public void Dispose()
    {
        _rounds.Dispose();
        _bell.Dispose();
        _folder.Dispose();
    }

    private double Clock => _folder.Time.Now.ToUnixTimeMilliseconds() / 1000.0;

    private void Begin()
    {
        (_board, _bell) = (new AlertBoard(_folder.Store.Alerts), new WebhookBell());
        _rounds = new AlertRounds(_folder.Store, _folder.Store.Alerts, _journal, _board, new WebhookText(new Uri("https://stats.example/")), _bell, _folder.Time);
    }

    private void Restart()
    {
        _rounds.Dispose();
        _bell.Dispose();
        _folder.Restart();
        _journal = new ReadJournal(_folder);
        Begin();
    }

    private void Put(params AlertRule[] rules) => _folder.Store.Alerts.Put(
        Demo, rules, [("ops", "https://ops.example/", "s")], _folder.Time.Now, over => new WebhookText(null).OfTransitions(Demo, over)).Should().NotBeNull();

    private void Write(int hits) => _folder.Append(string.Concat(Enumerable.Repeat(Hit(at: Clock) + "\n", hits)));

    /// <summary>Time goes on, the journal is read and rules are looked at, each second.</summary>
    private void Seconds(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _journal.Read();
            Round();
            _folder.Time.Now += TimeSpan.FromSeconds(1);
        }
    }

    /// <summary>A round, and others until every tenant with rules was looked at: windows are filled beside.</summary>
    private void Round()
    {
        _rounds.Run(CancellationToken.None).Should().BeEmpty();
        for (var i = 0; i < 1_000_000 && _journal.AsOf > DateTimeOffset.UnixEpoch && _folder.Store.Alerts.Find(Demo).Rules.Count > 0 && _board.Of(Demo)?.Revision != _folder.Store.Alerts.Find(Demo).Revision
            && _folder.Time.Now - _journal.AsOf <= TenantAlerts.MostLag; i++)
            _rounds.Run(CancellationToken.None).Should().BeEmpty();
    }

    private List<(string Rule, AlertState State, long Hits, double? Seconds)> History() =>
    [
        .. _folder.Store.Alerts.History(Demo, long.MaxValue, 100).Reverse().Select(one => (one.Rule, one.State, one.Measure.Hits, one.Duration?.TotalSeconds)),
    ];

    private List<string> Outbox() => [.. AlertDatabase.Run(_folder.Path, "SELECT body FROM outbox ORDER BY id").Cast<byte[]>().Select(Told)];

    private static string Told(byte[] bytes)
    {
        var body = JsonDocument.Parse(bytes).RootElement;
        var summary = body.GetProperty("alerts")[0].GetProperty("annotations").GetProperty("summary").GetString()!;
        return $"{body.GetProperty("status")} {body.GetProperty("groupLabels").GetProperty("alertname")} {summary.Split(" - ")[1].Split(',')[0]}";
    }
}
