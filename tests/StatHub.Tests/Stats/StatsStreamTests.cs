using System.Net;
using static StatHub.Tests.Stats.StatsApi;

namespace StatHub.Tests.Stats;

public sealed class StatsStreamTests : IDisposable
{
    private readonly StatsApi _stats = With(("StreamInterval", "00:00:00.020"));
    private readonly HttpClient _client;

    public StatsStreamTests() => _client = _stats.Client();

    [Theory]
    [InlineData("country/*/counter/k", """{"de":10,"es":50,"total":60}""")]
    [InlineData("Country/ES/counter/k", """{"es":50,"total":60}""")]
    [InlineData("country/total/counter/k", """{"total":60}""")]
    [InlineData("country/*/counter/K", """{"total":0}""")]
    [InlineData("country/fr/counter/k", """{"total":60}""")]
    [InlineData("nothing/*/counter/k", """{"total":0}""")]
    [InlineData("country/*/gauge/m", """{"es":1,"total":1}""")]
    [InlineData("country/*/gauge/g", """{"total":0}""")]
    public async Task A_message_comes_at_once(string question, string values)
    {
        await PostAsync(_client, "/stats/a", """{"dims":{"country":"es"},"counters":{"k":50},"gauges":{"g":3},"members":{"m":"alice"}}""");
        await PostAsync(_client, "/stats/a", """{"dims":{"country":"de"},"counters":{"k":60}}""");

        using var answer = await OpenAsync(question);

        answer.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).Should().Be($$"""data: {"asOfSeconds":1772366430,"values":{{values}}}""");
        (await reader.ReadLineAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Messages_follow_with_what_was_reported_since()
    {
        using var answer = await OpenAsync("country/*/counter/k");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).Should().EndWith("""{"total":0}}""");
        await PostAsync(_client, "/stats/a", """{"dims":{"country":"es"},"counters":{"k":5}}""");

        string line;
        do
            line = (await reader.ReadLineAsync())!;
        while (line.Length == 0 || line.EndsWith("""{"total":0}}""", StringComparison.Ordinal));

        line.Should().EndWith("""{"es":5,"total":5}}""");
    }

    [Fact]
    public async Task What_is_no_kind_of_stat_is_refused()
    {
        using var answer = await OpenAsync("country/*/member/k");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).Should().Be("""{"succeeded":false,"error":"The kind is counter or gauge."}""");
    }

    [Fact]
    public async Task A_stream_ends_when_its_token_is_revoked()
    {
        var other = _stats.Client();
        using var answer = await OpenAsync("country/*/counter/k");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).Should().StartWith("data:");

        _stats.Revoke();

        (await reader.ReadToEndAsync()).Should().NotBeNull("it comes to its end");
        using var again = await other.GetAsync("/stats/country");
        again.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_tenant_has_so_many_streams_and_no_more()
    {
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < 100; i++)
            open.Add(await OpenAsync("country/*/counter/k"));
        using (var more = await OpenAsync("country/*/counter/k"))
        {
            more.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
            more.Headers.RetryAfter.Should().NotBeNull();
        }

        open.ForEach(one => one.Dispose());

        await Waiting.UntilAsync(async () =>
        {
            using var next = await OpenAsync("country/*/counter/k");
            return next.StatusCode == HttpStatusCode.OK;
        });
    }

    public void Dispose() => _stats.Dispose();

    private Task<HttpResponseMessage> OpenAsync(string question) => _client.GetAsync("/stats/stream/" + question, HttpCompletionOption.ResponseHeadersRead);
}
