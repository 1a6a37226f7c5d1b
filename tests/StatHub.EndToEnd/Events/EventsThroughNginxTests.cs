using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using StatHub.EndToEnd.Nginx;
using StatHub.EndToEnd.Service;

namespace StatHub.EndToEnd.Events;

/// <summary>Events as clients send them from outside: through nginx to the service.</summary>
public sealed class EventsThroughNginxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stathub events ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Old_and_new_routes_work_from_outside_and_hits_and_events_are_counted_alike()
    {
        await using var api = await ApiServer.StartAsync(_folder, ("StatHub__Nginx__PidFile", Path.Combine(_folder, "nginx.pid")));
        await using var nginx = await NginxServer.StartInAsync(_folder, ("STATHUB_API", $"127.0.0.1:{api.Port}"));
        using var made = await api.Client.PostAsJsonAsync("/api/v1/tenants/demo/tokens", new { name = "sender", scopes = (string[])["read", "write"] });
        var token = JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("token").GetString();
        using var outside = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{nginx.Port}") };
        (await outside.GetStringAsync("/ping/")).Should().StartWith("{\"status\":\"ok\",\"version\":\"");
        (await outside.PostAsync("/log/event/", Json("""{"event":"a","uid":""}"""))).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        outside.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Token {token}");

        using var sent = await outside.PostAsync("/log/event/", Json("""{"event":"order","uid":"u1","value":2.5}"""));
        var id = await sent.Content.ReadFromJsonAsync<string>();
        (await outside.GetFromJsonAsync<JsonElement>($"/log/event/{id}")).GetProperty("value").GetDecimal().Should().Be(2.5m);
        var large = "[" + string.Join(",", Enumerable.Range(0, 1000).Select(i => $$"""{"event":"order","n":{{i}},"text":"{{new string('x', 7000)}}"}""")) + "]";
        using var batch = await outside.PostAsync("/api/v1/tenants/demo/events", Json(large));
        batch.StatusCode.Should().Be(HttpStatusCode.OK, "7 MB are taken");
        using var tooLarge = await outside.PostAsync("/api/v1/tenants/demo/events", Json($"[{new string(' ', 9_000_000)}]"));
        tooLarge.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        foreach (var name in (string[])["orders/7", "100%", "%2F", "a?b#c&d", "é\"\\\u2028", " x "])
        {
            using var named = await outside.PostAsync("/log/event/", Json(JsonSerializer.Serialize(new { @event = "named", uid = "", event_id = name })));
            foreach (var path in (string[])["/log/event", "/api/v1/tenants/demo/events"])
                (await outside.GetFromJsonAsync<JsonElement>($"{path}/{Uri.EscapeDataString(name)}")).GetProperty("event_id").GetString().Should().Be(name);
        }
        (await outside.GetAsync("/p/demo/order?tv=1")).StatusCode.Should().Be(HttpStatusCode.OK);

        (await api.HitsAsync("demo")).Should().Be(1008);
        (await api.LedgerAsync()).Should().Equal(new Dictionary<string, long> { ["counted"] = 1008 });
        var count = await outside.GetFromJsonAsync<JsonElement>("/api/v1/tenants/demo/keys/order/count");
        (count.GetProperty("hits").GetInt64(), count.GetProperty("value").GetDecimal()).Should().Be((1002, 1003.5m));
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
