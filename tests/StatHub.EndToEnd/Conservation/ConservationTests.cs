using System.Net;
using StatHub.EndToEnd.Nginx;
using StatHub.EndToEnd.Service;
using StatHub.Load;

namespace StatHub.EndToEnd.Conservation;

/// <summary>
/// The promise on real nginx and the real service: every complete valid line is counted exactly once, whatever happens to
/// either in the meantime.
/// </summary>
public class ConservationTests
{
    private const int Connections = 32;

    private static readonly string[] Tenants = ["demo", "other"];

    private static LoadRun Load(NginxServer nginx, int requests, int postPercent = 10) => new(new LoadPlan
    {
        Server = new IPEndPoint(IPAddress.Loopback, nginx.Port),
        Requests = requests,
        Tenants = Tenants,
        Keys = LoadPlan.Names("key", 200),
        Connections = Connections,
        PostPercent = postPercent,
        Path = "/p/{tenant}/{key}?tv=2&n={n}",
    });

    private static async Task<long> AllHitsAsync(ApiServer api) => await api.HitsAsync("demo") + await api.HitsAsync("other");

    /// <summary>Does something again and again until the load has ended.</summary>
    private static async Task<LoadReport> WhileLoadingAsync(LoadRun load, Func<Task> disturb, TimeSpan pause)
    {
        var run = load.RunAsync(CancellationToken.None);
        while (await Task.WhenAny(run, Task.Delay(pause)) != run)
            await disturb();
        return await run;
    }

    [Fact]
    public async Task Answers_lines_hits_and_ledger_are_equal_while_the_journal_is_cut_every_second()
    {
        await using var nginx = await NginxServer.StartAsync();
        using var witness = new Witness(nginx.JournalFolder);
        await using var api = await ApiServer.StartAsync(nginx);
        using var load = Load(nginx, 200_000);

        var report = await load.RunAsync(CancellationToken.None);

        report.Accepted.Should().Be(200_000);
        (await AllHitsAsync(api)).Should().Be(200_000);
        witness.ValidLines().Should().Be(200_000);
        (await api.LedgerAsync()).Should().Equal(new Dictionary<string, long> { ["counted"] = 200_000 });
        foreach (var tenant in Tenants)
        {
            (await api.KeysAsync(tenant)).Should().Equal(
                report.Targets!.Where(target => target.Tenant == tenant && target.Accepted > 0).ToDictionary(target => target.Key, target => target.Accepted));
            var count = await api.JsonAsync($"/api/v1/tenants/{tenant}/count?from=2000-01-01");
            count.GetProperty("value").GetDecimal().Should().Be(2 * count.GetProperty("hits").GetInt64());
        }
        await EveryRawHitIsThereOnceAsync(api, 200_000);
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_when_the_service_is_killed_and_nginx_reloaded_under_load()
    {
        await using var nginx = await NginxServer.StartAsync();
        using var witness = new Witness(nginx.JournalFolder);
        await using var api = await ApiServer.StartAsync(nginx);
        using var load = Load(nginx, 200_000);
        var reloads = 0;

        var report = await WhileLoadingAsync(load, async () =>
        {
            await api.KillAsync();
            await NginxServer.SignalAsync(nginx.MasterPid, "HUP");
            reloads++;
            await api.StartAgainAsync();
        }, TimeSpan.FromMilliseconds(700));

        reloads.Should().BePositive();
        // A reload closes idle connections: what was sent on one then is not answered, and the loader does not say it was.
        var hits = await AllHitsAsync(api);
        hits.Should().BeInRange(report.Accepted, report.Accepted + report.Unanswered);
        hits.Should().Be(witness.ValidLines());
        (await api.LedgerAsync())["counted"].Should().Be(hits);
        await EveryRawHitIsThereOnceAsync(api, hits);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task When_workers_die_at_most_what_each_connection_had_under_way_is_not_known(string signal)
    {
        await using var nginx = await NginxServer.StartAsync();
        using var witness = new Witness(nginx.JournalFolder);
        await using var api = await ApiServer.StartAsync(nginx);
        using var load = Load(nginx, 60_000);
        var deaths = 0;

        var report = await WhileLoadingAsync(load, async () =>
        {
            await nginx.KillWorkersAsync(signal);
            deaths++;
        }, TimeSpan.FromMilliseconds(500));

        deaths.Should().BePositive();
        var hits = await AllHitsAsync(api);
        hits.Should().Be(witness.ValidLines(), "each line that was written is counted");
        hits.Should().BeLessThanOrEqualTo(report.Accepted + report.ConnectionsOpened);
        // nginx answers, then logs: with kill -9 an answer that was just sent may lack its line, at most one a worker.
        hits.Should().BeGreaterThanOrEqualTo(signal == "TERM" ? report.Accepted : report.Accepted - deaths * 8L);
        var ledger = await api.LedgerAsync();
        ledger["counted"].Should().Be(hits);
    }

    [Fact]
    public async Task A_buffered_nginx_loses_nothing_on_reload()
    {
        await using var nginx = await NginxServer.StartAsync(("STATHUB_LAYOUT", "buffered"));
        using var witness = new Witness(nginx.JournalFolder);
        await using var api = await ApiServer.StartAsync(nginx, ("StatHub__Nginx__Layout", "buffered"));
        using var load = Load(nginx, 100_000);

        var report = await WhileLoadingAsync(load, () => NginxServer.SignalAsync(nginx.MasterPid, "HUP"), TimeSpan.FromMilliseconds(500));

        var hits = await AllHitsAsync(api);
        hits.Should().BeInRange(report.Accepted, report.Accepted + report.Unanswered);
        hits.Should().Be(witness.ValidLines());
        (await api.LedgerAsync())["counted"].Should().Be(hits);
    }

    [Fact]
    public async Task A_buffered_nginx_loses_at_most_its_buffers_when_workers_are_killed()
    {
        const int BufferBytes = 64 * 1024;
        await using var nginx = await NginxServer.StartAsync(("STATHUB_LAYOUT", "buffered"));
        using var witness = new Witness(nginx.JournalFolder);
        await using var api = await ApiServer.StartAsync(nginx, ("StatHub__Nginx__Layout", "buffered"));
        using var load = Load(nginx, 60_000);
        var killed = 0;

        var report = await WhileLoadingAsync(load, async () =>
        {
            killed += nginx.WorkerPids.Count;
            await nginx.KillWorkersAsync("KILL");
        }, TimeSpan.FromMilliseconds(700));

        killed.Should().BePositive();
        var hits = await AllHitsAsync(api);
        hits.Should().Be(witness.ValidLines(), "each line that was written is counted");
        // A line has at least 400 bytes; besides its buffer a worker loses what it has under way.
        hits.Should().BeGreaterThanOrEqualTo(report.Accepted - killed * (BufferBytes / 400 + Connections));
        hits.Should().BeLessThanOrEqualTo(report.Accepted + report.Unanswered);
        (await api.LedgerAsync())["counted"].Should().Be(hits);
    }

    [Fact]
    public async Task One_file_a_key_and_minute_counts_the_same_through_reloads_and_kills()
    {
        await using var nginx = await NginxServer.StartAsync(("STATHUB_LAYOUT", "files"));
        using var witness = new Witness(nginx.JournalFolder);
        await using var api = await ApiServer.StartAsync(nginx, ("StatHub__Nginx__Layout", "files"));
        using var load = Load(nginx, 60_000);

        var report = await WhileLoadingAsync(load, async () =>
        {
            await api.KillAsync();
            await NginxServer.SignalAsync(nginx.MasterPid, "HUP");
            await api.StartAgainAsync();
        }, TimeSpan.FromMilliseconds(700));

        var hits = await AllHitsAsync(api);
        hits.Should().BeInRange(report.Accepted, report.Accepted + report.Unanswered);
        hits.Should().Be(witness.ValidLines());
        (await api.LedgerAsync())["counted"].Should().Be(hits);
    }

    [Fact]
    public async Task A_service_that_was_away_catches_up()
    {
        await using var nginx = await NginxServer.StartAsync();
        await using var api = await ApiServer.StartAsync(nginx);
        (await nginx.Client.GetAsync("/p/demo/before")).EnsureSuccessStatusCode();
        (await AllHitsAsync(api)).Should().Be(1);
        await api.KillAsync();
        using var load = Load(nginx, 100_000);
        (await load.RunAsync(CancellationToken.None)).Accepted.Should().Be(100_000);
        await api.StartAgainAsync();
        (await AllHitsAsync(api)).Should().Be(100_001);
        (await api.LedgerAsync()).Should().Equal(new Dictionary<string, long> { ["counted"] = 100_001 });
    }

    private static async Task EveryRawHitIsThereOnceAsync(ApiServer api, long hits)
    {
        var numbers = new HashSet<string>();
        long lines = 0;
        foreach (var tenant in Tenants)
        {
            await using var raw = await api.Client.GetStreamAsync($"/api/v1/tenants/{tenant}/hits?from=2000-01-01&format=ndjson");
            using var reader = new StreamReader(raw);
            while (await reader.ReadLineAsync() is { } line)
            {
                lines++;
                var at = line.IndexOf("&n=", StringComparison.Ordinal);
                numbers.Add(line.Substring(at + 3, 10));
            }
        }
        lines.Should().Be(hits);
        numbers.Should().HaveCount((int)hits);
    }
}
