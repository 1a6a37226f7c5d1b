using System.Net;
using System.Security.Cryptography;
using System.Text;
using StatHub.Core.Alerts;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Server.Alerts;
using StatHub.Storage.Alerts;
using StatHub.Tests.Server;

namespace StatHub.Tests.Alerts;

/// <summary>The whole service and receivers that hang, fail, redirect and come back.</summary>
public sealed class WebhookTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AlertRule Rule = new("traffic", AlertMetric.ClientRate, 1) { Labels = new Dictionary<string, string> { ["severity"] = "page" } };

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub-").FullName;
    private WholeApi _api;

    public WebhookTests() => _api = Begin();

    [Fact]
    public async Task A_receiver_gets_the_json_of_alertmanager_signed()
    {
        await using var receiver = await Receiver.BeginAsync();
        Put(("ops", receiver.Url + "/hook?a=b", "a secret"));
        Tell(Transition("192.0.2.0"));

        var request = await receiver.NextAsync();

        request.Path.Should().Be("/hook?a=b");
        request.ContentType.Should().Be("application/json; charset=utf-8");
        request.Signature.Should().Be("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("a secret"u8, request.Body)));
        Encoding.UTF8.GetString(request.Body).Should().Be(
            """
            {"version":"4","groupKey":"{}:{alertname=\u0022traffic\u0022, tenant=\u0022demo\u0022}","truncatedAlerts":0,"status":"firing","receiver":"ops","groupLabels":{"alertname":"traffic","tenant":"demo"},"commonLabels":{"alertname":"traffic","client":"192.0.2.0","severity":"page","tenant":"demo"},"commonAnnotations":{"summary":"High client traffic generated an alert - client = 192.0.2.0, hits = 301, triggered at 2026-03-01T12:00:00\u002B00:00","value":"301"},"externalURL":"https://stats.example/x","alerts":[{"status":"firing","labels":{"alertname":"traffic","client":"192.0.2.0","severity":"page","tenant":"demo"},"annotations":{"summary":"High client traffic generated an alert - client = 192.0.2.0, hits = 301, triggered at 2026-03-01T12:00:00\u002B00:00","value":"301"},"startsAt":"2026-03-01T12:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://stats.example/x/api/v1/tenants/demo/alerts","fingerprint":"FINGERPRINT"}]}
            """.Replace("FINGERPRINT", request.Json.GetProperty("alerts")[0].GetProperty("fingerprint").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_over_has_its_end_and_the_fingerprint_of_its_beginning()
    {
        await using var receiver = await Receiver.BeginAsync();
        Put(("ops", receiver.Url, ""));
        Tell(Transition("a"));
        Tell(Transition("a") with { Previous = AlertState.Firing, State = AlertState.Ok, At = At.AddSeconds(90), Duration = TimeSpan.FromSeconds(90) });

        var (first, second) = (await receiver.NextAsync(), await receiver.NextAsync());

        first.Signature.Should().BeNull("there is no secret");
        var over = second.Json.GetProperty("alerts")[0];
        (second.Json.GetProperty("status").GetString(), over.GetProperty("status").GetString()).Should().Be(("resolved", "resolved"));
        (over.GetProperty("startsAt").GetString(), over.GetProperty("endsAt").GetString()).Should().Be(("2026-03-01T12:00:00Z", "2026-03-01T12:01:30Z"));
        over.GetProperty("fingerprint").GetString().Should().Be(first.Json.GetProperty("alerts")[0].GetProperty("fingerprint").GetString());
    }

    [Fact]
    public async Task Clients_of_one_rule_are_told_together()
    {
        await using var receiver = await Receiver.BeginAsync();
        Put(("ops", receiver.Url, ""));
        Tell([.. Enumerable.Range(0, 150).Select(client => Transition($"c{client}"))]);

        var (first, second) = (await receiver.NextAsync(), await receiver.NextAsync());

        (first.Json.GetProperty("alerts").GetArrayLength(), second.Json.GetProperty("alerts").GetArrayLength()).Should().Be((100, 50));
        first.Json.GetProperty("commonLabels").TryGetProperty("client", out _).Should().BeFalse();
    }

    [Fact]
    public async Task A_receiver_that_hangs_holds_up_nobody_else()
    {
        await using var hanging = await Receiver.BeginAsync((_, end) => Task.Delay(Timeout.Infinite, end));
        await using var other = await Receiver.BeginAsync();
        Put(("hanging", hanging.Url, ""), ("other", other.Url, ""));
        for (var i = 0; i < 20; i++)
            Tell(Transition($"c{i}"));

        for (var i = 0; i < 20; i++)
            (await other.NextAsync()).Json.GetProperty("commonLabels").GetProperty("client").GetString().Should().Be($"c{i}", "they come in their order");

        // Tried again and again, the first of them.
        for (var i = 0; i < 2; i++)
            (await hanging.NextAsync()).Json.GetProperty("commonLabels").GetProperty("client").GetString().Should().Be("c0");
        AlertDatabase.Run(_folder, "SELECT count(*) FROM outbox WHERE receiver = 'hanging'").Should().Equal(20L);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(404)]
    public async Task What_a_receiver_does_not_take_is_told_again_until_it_does(int status)
    {
        var tries = 0;
        await using var receiver = await Receiver.BeginAsync((http, _) =>
        {
            http.Response.StatusCode = Interlocked.Increment(ref tries) < 3 ? status : 204;
            return Task.CompletedTask;
        });
        Put(("ops", receiver.Url, "s"));
        Tell(Transition("a"));

        var requests = new[] { await receiver.NextAsync(), await receiver.NextAsync(), await receiver.NextAsync() };

        requests.Select(request => Convert.ToHexString(request.Body)).Distinct().Should().ContainSingle("it is the same message, signed alike");
        await UntilNothingWaitsAsync();
        receiver.Rest().Should().BeEmpty();
        (await MetricsAsync()).Should().Contain("\nstathub_notifications_sent_total 1\n").And.Contain("\nstathub_notifications_failed_total 2\n").And.Contain("\nstathub_notifications_waiting 0\n");
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await Receiver.BeginAsync();
        await using var receiver = await Receiver.BeginAsync((http, _) =>
        {
            (http.Response.StatusCode, http.Response.Headers.Location) = (307, elsewhere.Url);
            return Task.CompletedTask;
        });
        Put(("ops", receiver.Url, ""));
        Tell(Transition("a"));

        await receiver.NextAsync();
        await receiver.NextAsync();

        elsewhere.Rest().Should().BeEmpty();
    }

    [Fact]
    public async Task An_answer_without_an_end_is_not_read()
    {
        await using var receiver = await Receiver.BeginAsync(async (http, end) =>
        {
            // More than any socket takes, so this never ends unless somebody goes.
            while (!http.RequestAborted.IsCancellationRequested && !end.IsCancellationRequested)
                await http.Response.Body.WriteAsync(new byte[65536], http.RequestAborted);
        });
        Put(("ops", receiver.Url, ""));
        Tell(Transition("a"));
        Tell(Transition("b"));

        (await receiver.NextAsync()).Json.GetProperty("commonLabels").GetProperty("client").GetString().Should().Be("a");
        (await receiver.NextAsync()).Json.GetProperty("commonLabels").GetProperty("client").GetString().Should().Be("b");
        await UntilNothingWaitsAsync();
    }

    [Fact]
    public async Task What_waited_when_the_service_ended_is_told_by_the_next_one()
    {
        await using var receiver = await Receiver.BeginAsync((_, end) => Task.Delay(Timeout.Infinite, end));
        Put(("ops", receiver.Url, ""));
        Tell(Transition("a") with { At = TimeProvider.System.GetUtcNow() });
        await receiver.NextAsync();
        // It has it, and could not say so.
        _api.Dispose();
        receiver.Answer = (_, _) => Task.CompletedTask;
        receiver.Rest();

        _api = Begin();

        (await receiver.NextAsync()).Json.GetProperty("commonLabels").GetProperty("client").GetString().Should().Be("a");
        await UntilNothingWaitsAsync();
        _api.Store.Alerts.History(Demo, long.MaxValue, 10).Should().ContainSingle("it happened once");
    }

    [Fact]
    public async Task A_receiver_that_always_refuses_is_given_up()
    {
        await using var receiver = await Receiver.BeginAsync((http, _) =>
        {
            http.Response.StatusCode = 400;
            return Task.CompletedTask;
        });
        Put(("ops", receiver.Url, ""));
        Tell(Transition("a"));
        // The tries that lie minutes apart.
        await receiver.NextAsync();
        AlertDatabase.Run(_folder, "UPDATE outbox SET attempts = 9, due_ms = 0");
        await UntilNothingWaitsAsync();
        (await MetricsAsync()).Should().Contain("\nstathub_notifications_dropped_total 1\n");
    }

    [Fact]
    public async Task A_receiver_on_this_machine_is_not_reached_unless_it_is_allowed()
    {
        await using var receiver = await Receiver.BeginAsync();
        using var sender = new WebhookSender(Microsoft.Extensions.Options.Options.Create(new AlertOptions()), TimeProvider.System);
        // A name is looked up when it is connected to: what it meant before does not matter.
        foreach (var host in (string[])["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433", "0.0.0.0"])
        {
            var url = receiver.Url.Replace("127.0.0.1", host, StringComparison.Ordinal);
            var outcome = await sender.SendAsync(new AlertReceiver("ops", url, ""), [], CancellationToken.None);
            outcome.Should().Be(new SendOutcome(false, false, "The address is not one of the internet."), host);
        }
        receiver.Rest().Should().BeEmpty();
    }

    [Theory]
    [InlineData(0, 0, 0.5)]
    [InlineData(0, 1, 1)]
    [InlineData(3, 0, 4)]
    [InlineData(3, 1, 8)]
    [InlineData(8, 1, 256)]
    [InlineData(9, 1, 300)]
    [InlineData(9, 0, 150)]
    [InlineData(int.MaxValue, 1, 300)]
    public void Tries_lie_further_and_further_apart_up_to_five_minutes(int attempts, double random, double seconds) =>
        WebhookWorker.BackOff(attempts, random).TotalSeconds.Should().Be(seconds);

    public void Dispose()
    {
        _api.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private WholeApi Begin()
    {
        var api = new WholeApi { Folder = _folder, KeepsFolder = true };
        api.Settings["StatHub:Alerts:AllowPrivateReceivers"] = "true";
        api.Settings["StatHub:Alerts:SendTimeout"] = "00:00:00.5";
        api.Settings["StatHub:PublicUrl"] = "https://stats.example/x/";
        api.Register("demo");
        return api;
    }

    private void Put(params (string Name, string Url, string? Secret)[] receivers) => _api.Store.Alerts.Put(Demo, [Rule], receivers, At, _ => []);

    private static AlertTransition Transition(string client) => new(Rule, client, AlertState.Ok, AlertState.Firing, At, null, new AlertMeasure(301, 0, new ValueSum(301)));

    /// <summary>What is told goes into the outbox as when a rule was looked at.</summary>
    private void Tell(params AlertTransition[] transitions) => _api.Store.Alerts.TrySave(
        Demo,
        new AlertChanges(1, [], [], transitions, new WebhookText(new Uri("https://stats.example/x/")).OfTransitions(Demo, transitions)),
        TimeProvider.System.GetUtcNow()).Should().BeTrue();

    private async Task UntilNothingWaitsAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (_api.Store.Alerts.Outbox.Count > 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Task<string> MetricsAsync() => _api.Anonymous().GetStringAsync("/metrics");
}
