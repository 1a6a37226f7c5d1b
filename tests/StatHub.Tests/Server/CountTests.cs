using System.Net;
using System.Text.Json;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

public sealed class CountTests : IDisposable
{
    private readonly StatHubApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Count_answers_hits_and_the_exact_value_of_today()
    {
        _api.Store.Ingest(
            JournalLine.Of("demo", "home", StatHubApi.Noon, "tv=0.1"),
            JournalLine.Of("demo", "home", StatHubApi.Noon, "tv=0.2"),
            JournalLine.Of("demo", "shop", StatHubApi.Noon),
            JournalLine.Of("demo", "home", StatHubApi.Noon.AddDays(-1)));

        var answer = await _api.Client().GetStringAsync("/api/v1/tenants/demo/keys/home/count");

        answer.Should().Be(
            """{"tenant":"demo","key":"home","from":"2026-03-01T00:00:00Z","to":null,"hits":2,"bots":null,"value":0.3,"visitors":null,"asOf":"2026-03-01T12:00:30Z"}""");
    }
}
