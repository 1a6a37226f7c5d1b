using System.Net;
using System.Text;
using System.Text.Json;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;

namespace StatHub.Tests.Server.Events;

public sealed class EventTests : OwnTenant
{
    private readonly HttpClient _client;

    public EventTests(WholeApi api)
        : base(api) => _client = Api.Client(Api.Token(TokenScopes.Write, Tenant));

    private string Events => $"/api/v1/tenants/{Tenant}/events";

    [Fact]
    public async Task One_event_and_an_array_of_them_are_counted_at_their_times()
    {
        var one = await WholeApi.JsonAsync(await _client.PostAsync(Events, WholeApi.Json("""{"event":"signup","plan":"pro"}""")));
        var two = await WholeApi.JsonAsync(await _client.PostAsync(Events, WholeApi.Json(
            """[{"event":"signup","uid":7,"time":"2026-03-01T12:00:00.5+01:00","value":-2.25},{"event":"order","event_id":"o1","time":"2026-03-02T00:00:00Z"}]""")));

        (one.GetProperty("accepted").GetInt32(), one.GetProperty("ids").GetArrayLength()).Should().Be((1, 1));
        two.GetProperty("accepted").GetInt32().Should().Be(2);
        two.GetProperty("ids")[1].GetString().Should().Be("o1");
        var march = await AskAsync("count?from=2026-03-01&to=2026-03-02");
        (march.GetProperty("hits").GetInt64(), march.GetProperty("value").GetRawText(), march.GetProperty("visitors").GetInt64()).Should().Be((1, "-2.25", 1));
        (await AskAsync("count?from=2026-03-01")).GetProperty("hits").GetInt64().Should().Be(3);
        var reader = Api.Client(Api.Token(TokenScopes.Read, Tenant));
        var found = await WholeApi.JsonAsync(await reader.GetAsync($"{Events}/{two.GetProperty("ids")[0].GetString()}"));
        (found.GetProperty("time").GetString(), found.GetProperty("uid").GetRawText()).Should().Be(("2026-03-01T11:00:00.500Z", "7"));
    }

    [Fact]
    public async Task All_faults_are_told_and_no_event_is_stored()
    {
        var answer = await _client.PostAsync(Events, WholeApi.Json("""[{"event":"good"},{"uid":"u"},7,{"event":"a","time":"yesterday"},{"event":"a","time":"1999-12-31T23:59:59Z"},{"event":"a","event_id":7}]"""));

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        var problem = await WholeApi.JsonAsync(answer);
        problem.GetProperty("type").GetString().Should().Be("/problems/bad-events");
        problem.GetProperty("errors").EnumerateArray().Select(error => (error.GetProperty("index").GetInt32(), error.GetProperty("field").GetString()))
            .Should().Equal((1, "event"), (2, "body"), (3, "time"), (4, "time"), (5, "event_id"));
        (await AskAsync("count?from=1999-01-01")).GetProperty("hits").GetInt64().Should().Be(0);
    }

    [Fact]
    public async Task A_thousand_events_are_taken_and_one_more_is_too_many()
    {
        string Body(int events) => "[" + string.Join(",", Enumerable.Range(0, events).Select(i => $$"""{"event":"e","n":{{i}}}""")) + "]";

        (await _client.PostAsync(Events, WholeApi.Json(Body(1001)))).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await WholeApi.JsonAsync(await _client.PostAsync(Events, WholeApi.Json(Body(1000))))).GetProperty("accepted").GetInt32().Should().Be(1000);

        (await AskAsync("count")).GetProperty("hits").GetInt64().Should().Be(1000);
    }

    [Fact]
    public async Task A_body_over_8_MiB_and_an_event_over_64_KiB_are_too_large()
    {
        var large = await _client.PostAsync(Events, WholeApi.Json($$"""{"event":"a","text":"{{new string('x', 64 * 1024)}}"}"""));
        var huge = await _client.PostAsync(Events, WholeApi.Json($"[{new string(' ', 8 * 1024 * 1024)}]"));
        var streamed = await _client.PostAsync(Events, new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(new string(' ', 8 * 1024 * 1024 + 1)))) { Headers = { ContentLength = null } });

        (await WholeApi.JsonAsync(large)).GetProperty("errors")[0].GetProperty("detail").GetString().Should().Be("An event has at most 64 KiB.");
        huge.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        streamed.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task The_same_body_with_the_same_key_is_counted_once_and_answered_alike()
    {
        const string Body = """[{"event":"a"},{"event":"b","event_id":"mine"}]""";
        var first = await PostAsync(Body, "k1");
        var again = await PostAsync(Body, "k1");
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(Body, "k1")));
        var other = await PostAsync("""{"event":"a"}""", "k1");
        var otherKey = await PostAsync("""{"event":"a"}""", "k2");

        first.Status.Should().Be(HttpStatusCode.OK);
        again.Should().Be(first);
        all.Should().AllBeEquivalentTo(first);
        other.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        otherKey.Status.Should().Be(HttpStatusCode.OK);
        (await AskAsync("count")).GetProperty("hits").GetInt64().Should().Be(3);
    }

    [Fact]
    public async Task A_batch_that_may_be_on_disk_is_not_taken_again_before_that_is_known()
    {
        const string Body = """{"event":"a"}""";
        // What a kill between the two leaves.
        Api.Store.IdempotencyKeys.FindOrBegin(TenantId.Parse(Tenant), "killed", Encoding.UTF8.GetBytes(Body), TimeProvider.System.GetUtcNow());
        var (journal, away) = (Path.Combine(Api.Folder, "journal"), Path.Combine(Api.Folder, "journal away"));
        Directory.Move(journal, away);
        var (asked, sent) = (Api.Client().GetAsync($"{Events}/nothing"), PostAsync(Body, "killed"));
        var (unknown, early) = (await asked, await sent);
        Directory.Move(away, journal);

        early.Status.Should().Be(HttpStatusCode.ServiceUnavailable);
        unknown.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        unknown.Headers.RetryAfter.Should().NotBeNull();
        await Waiting.UntilAsync(async () => (await PostAsync(Body, "killed")).Status == HttpStatusCode.OK);
        (await AskAsync("count")).GetProperty("hits").GetInt64().Should().Be(1);
    }

    [Fact]
    public async Task A_key_is_new_to_who_is_registered_again_under_an_erased_name()
    {
        await PostAsync("""{"event":"a"}""", "k");
        Api.Store.Tenants.Erase(TenantId.Parse(Tenant));
        Api.Register(Tenant);

        using var client = Api.Client(Api.Token(TokenScopes.Write, Tenant));
        using var request = new HttpRequestMessage(HttpMethod.Post, Events) { Content = WholeApi.Json("""{"event":"a"}""") };
        request.Headers.Add("Idempotency-Key", "k");
        using var answer = await client.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await AskAsync("count")).GetProperty("hits").GetInt64().Should().Be(1);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, "k")]
    [InlineData(true, "k")]
    public async Task The_name_that_the_service_gave_may_be_sent_again_in_any_way(bool asArray, string? key)
    {
        var sent = await WholeApi.JsonAsync(await _client.PostAsync(Events, WholeApi.Json("""{"event":"a"}""")));
        var again = await AskAsync("hits");
        var body = $$"""{"event":"a","event_id":{{sent.GetProperty("ids")[0].GetRawText()}},"time":{{again[0].GetProperty("time").GetRawText()}}}""";

        var answer = await PostAsync(asArray ? $$"""[{{body}},{"event":"b"}]""" : body, key);

        answer.Status.Should().Be(HttpStatusCode.OK);
        answer.Body.Should().Contain(sent.GetProperty("ids")[0].GetString());
        (await AskAsync("count")).GetProperty("hits").GetInt64().Should().Be(asArray ? 2 : 1);
    }

    [Theory]
    [InlineData(62, HttpStatusCode.OK)]
    [InlineData(63, HttpStatusCode.BadRequest)]
    public async Task What_is_taken_is_not_too_deep_to_be_found_and_listed(int depth, HttpStatusCode status)
    {
        var body = $$"""{"event":"deep","event_id":"d","a":{{new string('[', depth - 1)}}{{new string(']', depth - 1)}}}""";

        (await PostAsync(body, null)).Status.Should().Be(status);

        if (status == HttpStatusCode.OK)
        {
            (await WholeApi.JsonAsync(await Api.Client().GetAsync($"{Events}/d"))).GetProperty("event").GetString().Should().Be("deep");
            (await AskAsync("hits")).GetArrayLength().Should().Be(1);
        }
    }

    [Fact]
    public async Task A_body_that_was_refused_may_be_corrected_under_its_key()
    {
        (await PostAsync("""{"events":"a"}""", "k")).Status.Should().Be(HttpStatusCode.BadRequest);

        (await PostAsync("""{"event":"a"}""", "k")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_bad_key_is_refused(string key)
    {
        var answer = await PostAsync("""{"event":"a"}""", key);

        answer.Status.Should().Be(HttpStatusCode.BadRequest);
        answer.Body.Should().Contain("Idempotency-Key");
    }

    [Fact]
    public async Task Reading_scope_may_not_send_and_a_foreignTenant_is_not_there()
    {
        (await Api.Client(Api.Token(TokenScopes.Read, Tenant)).PostAsync(Events, WholeApi.Json("""{"event":"a"}"""))).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await _client.PostAsync("/api/v1/tenants/other/events", WholeApi.Json("""{"event":"a"}"""))).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string body, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Events) { Content = WholeApi.Json(body) };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var answer = await _client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
