using StatHub.Load;

namespace StatHub.EndToEnd.Load;

/// <summary>The loader's sums against nginx's own log: one must be explained by the other to the last request.</summary>
public sealed class LoadAgainstNginxTests
{
    private const string NumberedPath = "/p/{tenant}/{key}?n={n}";

    [Fact]
    public async Task Every_request_is_answered_and_logged_once()
    {
        await using var nginx = await CountingNginx.StartAsync();
        var report = await RunAsync(PlanFor(nginx, 20_000) with { PostPercent = 25 });

        report.Answered.Should().Be(20_000);
        (report.Answered200 + report.Answered204).Should().Be(20_000);
        report.Answered204.Should().BeInRange(4_000, 6_000);
        var logged = await nginx.EndAndReadLogAsync();
        logged.Select(line => line.Number).Should().OnlyHaveUniqueItems().And.HaveCount(20_000);
        logged.Count(line => line.Status == 204).Should().Be((int)report.Answered204);
    }

    [Fact]
    public async Task Answers_of_each_tenant_and_key_are_those_that_nginx_logged()
    {
        await using var nginx = await CountingNginx.StartAsync();
        var report = await RunAsync(PlanFor(nginx, 10_000));

        var logged = (await nginx.EndAndReadLogAsync()).CountBy(line => (line.Tenant, line.Key));
        report.Targets!.Select(target => KeyValuePair.Create((target.Tenant, target.Key), (int)target.Accepted))
            .Should().BeEquivalentTo(logged).And.HaveCount(60);
    }

    [Fact]
    public async Task A_seed_gives_every_request_the_same_target_whatever_the_threads()
    {
        await using var nginx = await CountingNginx.StartAsync();
        var one = await RunAsync(PlanFor(nginx, 3_000) with { PostPercent = 30 });
        var two = await RunAsync(PlanFor(nginx, 3_000) with { PostPercent = 30, Threads = 3, Pipelining = 2 });
        var other = await RunAsync(PlanFor(nginx, 3_000) with { PostPercent = 30, Seed = 8 });

        two.Targets.Should().Equal(one.Targets);
        two.Statuses.Should().Equal(one.Statuses);
        other.Targets.Should().NotEqual(one.Targets!);
    }

    [Fact]
    public async Task Each_request_has_the_headers_of_one_visitor()
    {
        await using var nginx = await CountingNginx.StartAsync(
            http: "map $http_referer$http_user_agent $visitor { default 0; a1 501; b2 502; }",
            extra: "if ($visitor = 501) { return 501; } if ($visitor = 502) { return 502; }");
        var report = await RunAsync(PlanFor(nginx, 1_000) with { Headers = [], Visitors = ["Referer: a\tUser-Agent: 1", "Referer: b\tUser-Agent: 2"] });

        report.Statuses.Keys.Should().BeEquivalentTo([501, 502]);
        report.Statuses.Values.Sum().Should().Be(1_000);
    }

    [Fact]
    public async Task Keys_with_other_characters_than_letters_arrive_as_they_are()
    {
        await using var nginx = await CountingNginx.StartAsync();
        await RunAsync(PlanFor(nginx, 100) with { Keys = ["añb%?#&", "x-1_2.3~"] });

        (await nginx.EndAndReadLogAsync()).Select(line => line.Key).Distinct().Should().BeEquivalentTo("añb%?#&", "x-1_2.3~");
    }

    [Fact]
    public async Task Connections_that_nginx_closes_after_their_last_request_lose_nothing()
    {
        await using var nginx = await CountingNginx.StartAsync(extra: "keepalive_requests 10;");
        var report = await RunAsync(PlanFor(nginx, 2_000) with { Connections = 4 });

        report.Answered200.Should().Be(2_000);
        report.ConnectionsOpened.Should().BeInRange(200, 204);
        (await nginx.EndAndReadLogAsync()).Should().HaveCount(2_000);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_each()
    {
        await using var nginx = await CountingNginx.StartAsync(extra: "keepalive_requests 1000000;");
        var report = await RunAsync(PlanFor(nginx, 20_000) with { Pipelining = 16, Connections = 4 });

        report.Answered200.Should().Be(20_000);
        report.ConnectionsOpened.Should().Be(4);
        (await nginx.EndAndReadLogAsync()).Should().HaveCount(20_000);
    }

    [Fact]
    public async Task Other_answers_are_counted_by_their_status()
    {
        await using var nginx = await CountingNginx.StartAsync(extra: "location = /p/demo/gone { return 410 gone; }");
        var report = await RunAsync(PlanFor(nginx, 1_000) with { Tenants = ["demo"], Keys = ["gone", "here"] });

        report.AnsweredOther.Should().Be(report.Statuses[410]).And.BeInRange(400, 600);
        report.Targets.Should().ContainSingle(target => target.Key == "gone" && target.Accepted == 0 && target.Refused == report.AnsweredOther);
        (await nginx.EndAndReadLogAsync()).Should().HaveCount((int)report.Answered200);
    }

    [Fact]
    public async Task Requests_that_nginx_refuses_as_a_flood_are_counted_as_such()
    {
        await using var nginx = await CountingNginx.StartAsync(extra: "limit_req zone=flood burst=10 nodelay; limit_req_status 429;",
            http: "limit_req_zone $remote_addr zone=flood:1m rate=1r/s;");
        var report = await RunAsync(PlanFor(nginx, 2_000));

        report.Answered429.Should().BePositive();
        (report.Answered200 + report.Answered429).Should().Be(2_000);
        (await nginx.EndAndReadLogAsync()).Count(line => line.Status == 429).Should().Be((int)report.Answered429);
    }

    [Fact]
    public async Task A_reload_loses_no_answered_request_and_counts_no_unanswered_one()
    {
        await using var nginx = await CountingNginx.StartAsync(workers: 2);
        var (report, reloads) = await RunWhileAsync(nginx, 60_000, nginx.ReloadAsync);

        reloads.Should().BeGreaterThan(1);
        (report.Answered200 + report.Unanswered).Should().Be(60_000);
        report.Unsent.Should().Be(0);
        (await nginx.EndAndReadLogAsync()).Select(line => line.Number).Should().OnlyHaveUniqueItems().And.HaveCount((int)report.Answered200);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task An_ended_worker_leaves_each_of_its_requests_answered_or_unanswered(string signal)
    {
        await using var nginx = await CountingNginx.StartAsync(workers: 2);
        var (report, ended) = await RunWhileAsync(nginx, 60_000, () => nginx.EndWorkerAsync(signal));

        ended.Should().BeGreaterThan(1);
        (report.Answered200 + report.Unanswered).Should().Be(60_000);
        report.Unanswered.Should().BePositive().And.BeLessThanOrEqualTo(report.ConnectionsOpened);
        var logged = (await nginx.EndAndReadLogAsync()).Select(line => line.Number).ToList();
        logged.Should().OnlyHaveUniqueItems();
        // A worker that is killed between its last answer and that answer's line takes one line with it.
        var lostLines = signal == "KILL" ? ended : 0;
        ((long)logged.Count).Should().BeInRange(report.Answered200 - lostLines, report.Answered200 + report.Unanswered);
    }

    private static LoadPlan PlanFor(CountingNginx nginx, long requests) => new()
    {
        Server = nginx.Server,
        Requests = requests,
        Path = NumberedPath,
        Tenants = ["demo", "shop", "blog"],
        Keys = LoadPlan.Names("key", 20),
        Connections = 16,
    };

    private static async Task<LoadReport> RunAsync(LoadPlan plan)
    {
        using var run = new LoadRun(plan);
        return await run.RunAsync(CancellationToken.None);
    }

    private static async Task<(LoadReport Report, int Times)> RunWhileAsync(
        CountingNginx nginx, long requests, Func<Task> disturb)
    {
        using var run = new LoadRun(PlanFor(nginx, requests));
        var running = run.RunAsync(CancellationToken.None);
        var times = 0;
        while (!running.IsCompleted)
        {
            await disturb();
            times++;
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(100)));
        }
        return (await running, times);
    }
}
