using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using StatHub.EndToEnd.Service;

namespace StatHub.EndToEnd.Events;

/// <summary>Events are sent while the service is killed again and again: what was acknowledged is there, and nothing twice.</summary>
public sealed class EventCrashTests : IDisposable
{
    private const int Kills = 6;
    private const int BatchSize = 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub events ").FullName;
    private readonly CancellationTokenSource _done = new();

    public void Dispose()
    {
        _done.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_kill_while_events_are_sent_loses_and_doubles_none()
    {
        await using var api = await ApiServer.StartAsync(
            _folder, ("StatHub__Nginx__PidFile", Path.Combine(_folder, "nginx.pid")), ("StatHub__Journal__CommitInterval", "00:00:00.100"));
        using var client = await TenantClientAsync(api);
        var senders = new List<Task<Sent>>();
        for (var i = 0; i < 3; i++)
            senders.AddRange([SendNamedAsync(client, i), SendKeyedAsync(client, i), SendPlainAsync(client, i)]);

        var random = new Random(5);
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(random.Next(200, 1200));
            await api.KillAsync();
            await api.StartAgainAsync();
        }
        await Task.Delay(300);
        await _done.CancelAsync();
        var sent = await Task.WhenAll(senders);

        Total(sent, "plain", one => one.Acknowledged.Count).Should().BePositive();
        await api.HitsAsync("demo");
        var hits = await api.KeysAsync("demo");
        hits["named"].Should().Be(Total(sent, "named", one => one.Acknowledged.Count));
        hits["keyed"].Should().Be(Total(sent, "keyed", one => one.Acknowledged.Count));
        hits["plain"].Should().BeInRange(
            Total(sent, "plain", one => one.Acknowledged.Count), Total(sent, "plain", one => one.Acknowledged.Count + one.Unanswered));
        await api.LedgerAsync();
        foreach (var id in sent.SelectMany(one => one.Acknowledged.Where((_, place) => place % 25 == 0)))
            (await client.GetAsync($"/log/event/{Uri.EscapeDataString(id)}")).StatusCode.Should().Be(HttpStatusCode.OK, id);
    }

    private static long Total(Sent[] sent, string kind, Func<Sent, int> count) => sent.Where(one => one.Kind == kind).Sum(count);

    /// <summary>Events with names of their own, each sent until it is acknowledged.</summary>
    private async Task<Sent> SendNamedAsync(HttpClient client, int sender)
    {
        var sent = new Sent("named");
        for (var i = 0; !_done.IsCancellationRequested; i++)
        {
            var id = $"named {sender} {i}";
            await UntilAcknowledgedAsync(() => client.PostAsJsonAsync("/log/event/", new { @event = "named", uid = $"u{i % 7}", event_id = id }));
            sent.Acknowledged.Add(id);
        }
        return sent;
    }

    /// <summary>Batches with a key, each sent until it is acknowledged.</summary>
    private async Task<Sent> SendKeyedAsync(HttpClient client, int sender)
    {
        var sent = new Sent("keyed");
        for (var i = 0; !_done.IsCancellationRequested; i++)
        {
            var body = JsonSerializer.Serialize(Enumerable.Range(0, BatchSize).Select(place => new { @event = "keyed", sender, i, place }));
            var answer = await UntilAcknowledgedAsync(() =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tenants/demo/events") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                request.Headers.Add("Idempotency-Key", $"{sender}-{i}");
                return client.SendAsync(request);
            });
            sent.Acknowledged.AddRange(JsonDocument.Parse(answer).RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetString()!));
        }
        return sent;
    }

    /// <summary>Events that are sent once, whatever the answer.</summary>
    private async Task<Sent> SendPlainAsync(HttpClient client, int sender)
    {
        var sent = new Sent("plain");
        while (!_done.IsCancellationRequested)
        {
            try
            {
                using var answer = await client.PostAsJsonAsync("/log/event/", new { @event = "plain", uid = $"{sender}" });
                if (answer.IsSuccessStatusCode)
                    sent.Acknowledged.Add((await answer.Content.ReadFromJsonAsync<string>())!);
                else
                    sent.Unanswered++;
            }
            catch (HttpRequestException)
            {
                sent.Unanswered++;
                await Task.Delay(20);
            }
        }
        return sent;
    }

    private static async Task<string> UntilAcknowledgedAsync(Func<Task<HttpResponseMessage>> send)
    {
        while (true)
        {
            try
            {
                using var answer = await send();
                var text = await answer.Content.ReadAsStringAsync();
                if (answer.IsSuccessStatusCode)
                    return text;
                ((int)answer.StatusCode).Should().Be(503, text);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20);
            }
        }
    }

    private static async Task<HttpClient> TenantClientAsync(ApiServer api)
    {
        using var made = await api.Client.PostAsJsonAsync("/api/v1/tenants/demo/tokens", new { name = "sender", scopes = (string[])["write"] });
        var token = JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("token").GetString();
        var client = new HttpClient { BaseAddress = api.Client.BaseAddress, Timeout = TimeSpan.FromMinutes(1) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Token {token}");
        return client;
    }

    private sealed record Sent(string Kind)
    {
        public List<string> Acknowledged { get; } = [];

        public int Unanswered { get; set; }
    }
}
