using System.Net;
using System.Text.Json;
using StatHub.Core.Tokens;

namespace StatHub.Tests.Server.Events;

/// <summary>What clients of stats-service send, byte for byte as they send it.</summary>
public sealed class ClassicEventTests : OwnTenant
{
    private readonly HttpClient _client;

    public ClassicEventTests(WholeApi api)
        : base(api) => _client = Api.Client(Api.Token(TokenScopes.Write, Tenant), "Token");

    [Theory]
    [InlineData("/ping")]
    [InlineData("/ping/")]
    public async Task Ping_needs_no_token(string path)
    {
        var pong = await WholeApi.JsonAsync(await Api.Anonymous().GetAsync(path));

        pong.GetProperty("status").GetString().Should().Be("ok");
        pong.GetProperty("name").GetString().Should().Be("stathub");
        pong.GetProperty("version").GetString().Should().MatchRegex("^[0-9]+[.][0-9]+");
    }

    [Theory]
    [InlineData("/log/event/")]
    [InlineData("/log/event")]
    public async Task An_event_is_named_and_found_at_once_as_it_was_sent(string path)
    {
        var sent = await _client.PostAsync(path, WholeApi.Json("""
            { "event": "x/y", "uid": "", "big": 12345678901234567890.120, "list": [1, {"tenant":"other","deep":[null,true]}], "name": "José \u00e9\ud83d\ude00" }
            """));

        var text = await sent.Content.ReadAsStringAsync();
        sent.StatusCode.Should().Be(HttpStatusCode.OK, text);
        sent.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        text.Should().MatchRegex("^\"entry_[0-9a-f]{32}\"$");
        var id = JsonSerializer.Deserialize<string>(text)!;
        foreach (var spelling in (string[])[id, id.ToUpperInvariant(), $"%20{id}%20"])
        {
            var found = await _client.GetAsync($"/log/event/{spelling}");
            found.StatusCode.Should().Be(HttpStatusCode.OK);
            var flat = await found.Content.ReadAsStringAsync();
            flat.Should().StartWith("""{"event":"x/y","uid":"","big":12345678901234567890.120,"list":[1,{ "tenant":"other","deep":[null,true]}],"name":"José \u00e9\ud83d\ude00","event_id":""" + $"\"{id}\",\"time\":\"2");
            flat.Should().MatchRegex("\"time\":\"20[0-9-]{8}T[0-9:]{8}[.][0-9]{3}Z\"}$");
        }
        var count = await AskAsync("keys/x_y/count");
        count.GetProperty("hits").GetInt64().Should().Be(1);
        count.GetProperty("visitors").GetInt64().Should().Be(0, "an empty uid is nobody");
    }

    [Fact]
    public async Task An_event_with_a_name_of_its_own_counts_once_however_often_it_is_sent()
    {
        for (var i = 0; i < 3; i++)
        {
            var answer = await _client.PostAsync("/log/event/", WholeApi.Json("""{"event":"buy","uid":"u1","event_id":"Order 7","now":"2026-01-02 03:04","value":2.5,"plan":"Pro"}"""));
            (await answer.Content.ReadAsStringAsync()).Should().Be("\"Order 7\"");
        }
        // Another spelling of the same name, and then another event.
        await _client.PostAsync("/log/event/", WholeApi.Json("""{"event":"buy","uid":"u1","event_id":" order 7 ","value":9}"""));
        await _client.PostAsync("/log/event/", WholeApi.Json("""{"event":"buy","uid":"u2","event_id":"order 8","value":1}"""));

        var found = await WholeApi.JsonAsync(await _client.GetAsync("/log/event/ORDER%207"));
        found.GetProperty("now").GetString().Should().Be("2026-01-02 03:04");
        found.GetProperty("value").GetRawText().Should().Be("2.5");
        found.GetProperty("event_id").GetString().Should().Be("Order 7");
        var count = await AskAsync("count");
        (count.GetProperty("hits").GetInt64(), count.GetProperty("value").GetRawText(), count.GetProperty("visitors").GetInt64()).Should().Be((2, "3.5", 2));
        var top = await AskAsync("top/d.plan");
        top.GetProperty("values")[0].GetProperty("name").GetString().Should().Be("Pro");
        var ledger = await WholeApi.JsonAsync(await Api.Client().GetAsync($"/api/v1/ledger?tenant={Tenant}"));
        ledger.GetProperty("counted").GetInt64().Should().Be(2);
        ledger.GetProperty("rejected").GetProperty("duplicate").GetInt64().Should().Be(3);
    }

    [Fact]
    public async Task The_name_that_the_service_gave_may_be_sent_again()
    {
        var id = await (await _client.PostAsync("/log/event/", WholeApi.Json("""{"event":"a","uid":"u"}"""))).Content.ReadAsStringAsync();

        var again = await _client.PostAsync("/log/event/", WholeApi.Json($$"""{"event":"a","uid":"u","event_id":{{id}}}"""));

        (await again.Content.ReadAsStringAsync()).Should().Be(id);
        var count = await AskAsync("count");
        count.GetProperty("hits").GetInt64().Should().Be(1);
    }

    [Fact]
    public async Task Points_are_stored_with_tags_as_texts_and_without_nulls()
    {
        var answer = await _client.PostAsync("/log/event/", WholeApi.Json("""
            [{"measurement":"cpu","tags":{"host":"web1","rack":7,"on":true,"empty":"","none":null},"fields":{"value":0.25,"load":3,"text":"busy","none":null}},
             {"measurement":"","fields":{"value":1e2}}]
            """));

        (await answer.Content.ReadAsStringAsync()).Should().Be("\"OK\"");
        var count = await AskAsync("count");
        (count.GetProperty("hits").GetInt64(), count.GetProperty("value").GetRawText()).Should().Be((2, "100.25"));
        var raw = (await AskAsync("keys/cpu/hits"))[0];
        raw.GetProperty("event").GetRawText().Should().Be("""{"measurement":"cpu","tags":{"host":"web1","rack":"7","on":"true"},"fields":{"value":0.25,"load":3,"text":"busy"}}""");
        foreach (var (dimension, value) in ((string, string)[])[("host", "web1"), ("rack", "7"), ("on", "true"), ("text", "busy")])
        {
            var top = await AskAsync($"top/d.{dimension}");
            top.GetProperty("values")[0].GetProperty("name").GetString().Should().Be(value);
        }
        (await AskAsync("keys/_/count")).GetProperty("hits").GetInt64().Should().Be(1);
    }

    [Theory]
    [InlineData("""{"uid":"u"}""", "event: The name of the event is missing.")]
    [InlineData("""{"event":"a"}""", "uid: It is missing; it may be empty.")]
    [InlineData("""{"event":7,"uid":""}""", "event: It is a text.")]
    [InlineData("""{"event":"a","uid":null}""", "uid: It is a text; it may be empty.")]
    [InlineData("""{"event":"a","uid":"","value":1e12}""", "value: It has at most 12 digits before the point.")]
    [InlineData("""{"event":"a","uid":"" """, "body: It is no JSON, in line 1 at byte 23.")]
    [InlineData("", "body: It is empty.")]
    [InlineData("7", "body: An event is a JSON object.")]
    [InlineData("[]", "body: There is no event in it.")]
    [InlineData("""[{"measurement":"a"},{"tags":{}}]""", "1: measurement: The name of the measurement is missing.")]
    [InlineData("""[{"measurement":"a","tags":7}]""", "0: tags: They are a JSON object.")]
    [InlineData("""[{"measurement":"a","tags":{"x":[1]}}]""", "0: tags: A tag is a text, a number, true or false.")]
    public async Task What_cannot_be_taken_is_told_and_nothing_is_stored(string body, string message)
    {
        var answer = await _client.PostAsync("/log/event/", WholeApi.Json(body));

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        var text = await answer.Content.ReadAsStringAsync();
        JsonDocument.Parse(text).RootElement.GetProperty("message").GetString().Should().Contain(message);
        text.Should().StartWith("{\"success\":false,\"data\":null,\"message\":");
        var count = await AskAsync("count");
        count.GetProperty("hits").GetInt64().Should().Be(0);
    }

    [Fact]
    public async Task An_event_that_is_not_there_is_named_in_the_answer()
    {
        var answer = await _client.GetAsync("/log/event/nobody");

        answer.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).Should().Be("""{"success":false,"data":null,"message":"nobody"}""");
    }

    [Fact]
    public async Task Events_of_anotherTenant_are_not_found()
    {
        Api.Register(Tenant + "x");
        var id = JsonSerializer.Deserialize<string>(await (await _client.PostAsync("/log/event/", WholeApi.Json("""{"event":"a","uid":""}"""))).Content.ReadAsStringAsync());

        (await Api.Client(Api.Token(TokenScopes.Write, Tenant + "x")).GetAsync($"/log/event/{id}")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("Token sth_wrong")]
    [InlineData("")]
    public async Task A_wrong_or_missing_token_is_403_with_message_code_and_title(string header)
    {
        var client = Api.Anonymous();
        if (header.Length > 0)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "application/json");

        var answer = await client.PostAsync("/log/event/", WholeApi.Json("""{"event":"a","uid":""}"""));

        answer.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        var body = await WholeApi.JsonAsync(answer);
        body.EnumerateObject().Select(member => member.Name).Should().Equal("message", "code", "title");
        body.GetProperty("code").GetInt32().Should().Be(403);
    }

    [Fact]
    public async Task A_token_for_allTenants_is_told_to_be_one_of_aTenant()
    {
        var answer = await Api.Client().PostAsync("/log/event/", WholeApi.Json("""{"event":"a","uid":""}"""));

        answer.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("token of one tenant");
    }
}
