using System.Net;
using System.Text;
using StatHub.Core.Tokens;
using static StatHub.Tests.Stats.StatsApi;

namespace StatHub.Tests.Stats;

public sealed class StatsEndpointTests : IClassFixture<StatsApi>
{
    private const string Done = """{"succeeded":true,"error":""}""";

    private readonly StatsApi _stats;
    private readonly string _tenant;
    private readonly HttpClient _client;

    public StatsEndpointTests(StatsApi stats)
    {
        (_stats, _tenant) = (stats, stats.NewTenant());
        _client = stats.Client(tenant: _tenant);
    }

    [Fact]
    public async Task Answers_are_those_of_the_contract_to_the_byte()
    {
        (await PostAsync(_client, "/stats/a", """{"dims":{"Country":"ES","user":"U-1"},"counters":{"b":50,"A":1},"gauges":{"g":7},"members":{"m":"alice"},"multiMembers":{"n":["x","y","x"]}}"""))
            .Should().Be((HttpStatusCode.OK, Done));
        (await PostAsync(_client, "/stats/b", """{"dims":{"country":"zz"},"increments":{"b":2}}""")).Should().Be((HttpStatusCode.OK, Done));

        (await _client.GetStringAsync("/stats/country")).Should().Be(
            """{"succeeded":true,"error":"","dims":{"country":{"es":{"counters":{"A":1,"b":50},"gauges":{"m":1,"n":2},"gaugesCurrent":{"g":7}},"total":{"counters":{"A":1,"b":52},"gauges":{"m":1,"n":2},"gaugesCurrent":{"g":7}},"zz":{"counters":{"b":2}}}}}""");
        var all = await _client.GetStringAsync("/stats/");
        all.Should().Be(await _client.GetStringAsync("/stats")).And.StartWith("""{"succeeded":true,"error":"","dims":{"country":{"es":{"counters":""")
            .And.EndWith(""","user":{"total":{"counters":{"A":1,"b":50},"gauges":{"m":1,"n":2},"gaugesCurrent":{"g":7}},"u-1":{"counters":{"A":1,"b":50},"gauges":{"m":1,"n":2},"gaugesCurrent":{"g":7}}}}}""");
        _stats.Api.Time.Now = _stats.Api.Time.Now.AddSeconds(360);
        (await _client.GetStringAsync("/stats/COUNTRY")).Should().Contain(""""es":{"counters":{"A":1,"b":50},"gauges":{"g":7,"m":1,"n":2}}"""").And.NotContain("gaugesCurrent");
    }

    [Fact]
    public async Task A_dim_that_nobody_reported_has_an_empty_total()
    {
        using var answer = await _client.GetAsync("/stats/Nothing");

        answer.Content.Headers.ContentType!.ToString().Should().Be("application/json; charset=utf-8");
        (await answer.Content.ReadAsStringAsync()).Should().Be("""{"succeeded":true,"error":"","dims":{"nothing":{"total":{}}}}""");
        (await _client.GetStringAsync("/stats/")).Should().Be("""{"succeeded":true,"error":"","dims":{}}""");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData(" {\n} ")]
    [InlineData("""{"dims":null,"counters":null,"multiMembers":null}""")]
    [InlineData("""{"dims":{"country":"es"},"multiMembers":{"m":[],"n":null}}""")]
    [InlineData("""{"other":{"deep":[1,{"x":null}]},"Unknown":3}""")]
    public async Task What_says_nothing_is_accepted_and_does_nothing(string body)
    {
        (await PostAsync(_client, "/stats/a", body)).Should().Be((HttpStatusCode.OK, Done));
        (await _client.GetStringAsync("/stats/")).Should().Be("""{"succeeded":true,"error":"","dims":{}}""");
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("{} x", "not JSON")]
    [InlineData("[]", "a JSON object")]
    [InlineData("\"text\"", "a JSON object")]
    [InlineData("""{"dims":[]}""", "dims is a JSON object")]
    [InlineData("""{"dims":{"country":1}}""", "dims.country is a string")]
    [InlineData("""{"dims":{"country":"Total"}}""", "reserved")]
    [InlineData("""{"dims":{"country":"es","COUNTRY":"de"}}""", "twice")]
    [InlineData("""{"dims":{"":"es"}}""", "is empty")]
    [InlineData("""{"dims":{"a\u0000b":"es"}}""", "control character")]
    [InlineData("""{"counters":{"k":1.5}}""", "counters.k is a whole number")]
    [InlineData("""{"counters":{"k":"1"}}""", "counters.k is a whole number")]
    [InlineData("""{"counters":{"k":null}}""", "counters.k is a whole number")]
    [InlineData("""{"counters":{"k":{}}}""", "counters.k is a whole number")]
    [InlineData("""{"increments":{"k":9223372036854775808}}""", "increments.k is a whole number")]
    [InlineData("""{"counters":{"k":9223372036854775807},"increments":{"k":1}}""", "over 64 bits")]
    [InlineData("""{"gauges":3}""", "gauges is a JSON object")]
    [InlineData("""{"members":{"m":["x"]}}""", "members.m is a string")]
    [InlineData("""{"multiMembers":{"m":"x"}}""", "multiMembers.m is an array")]
    [InlineData("""{"multiMembers":{"m":[1]}}""", "multiMembers.m is an array")]
    [InlineData("""{"multiMembers":{"m":[null]}}""", "multiMembers.m is an array")]
    [InlineData("""{"members":{"m":"\ud800"}}""", "not UTF-8")]
    public async Task What_cannot_be_understood_is_refused_and_changes_nothing(string body, string error)
    {
        var withMore = body.Length > 2 && body.EndsWith("}}", StringComparison.Ordinal) ? body[..^1] + ""","counters":{"kept":1}}""" : body;
        foreach (var sent in (string[])[body, withMore])
        {
            var (status, answer) = await PostAsync(_client, "/stats/a", sent);
            status.Should().Be(HttpStatusCode.BadRequest);
            answer.Should().StartWith("""{"succeeded":false,"error":""");
            answer.Should().ContainEquivalentOf(error.Split('.')[^1]);
        }
        (await _client.GetStringAsync("/stats/")).Should().Be("""{"succeeded":true,"error":"","dims":{}}""");
    }

    [Fact]
    public async Task Bytes_that_are_no_utf_8_are_refused() =>
        (await PostAsync(_client, "/stats/a", [.. """{"members":{"m":"""u8, (byte)'"', 0xff, (byte)'"', .. "}}"u8])).Status.Should().Be(HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/octet-stream")]
    public async Task A_body_may_be_of_any_type(string type)
    {
        using var answer = await _client.PostAsync("/stats/a", new StringContent("""{"dims":{"d":"x"},"counters":{"k":5}}""", Encoding.UTF8, type));

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await _client.GetStringAsync("/stats/d")).Should().Contain("\"k\":5");
    }

    [Theory]
    [InlineData(1024 * 1024 + 1, 413)]
    [InlineData(1024 * 1024, 200)]
    public async Task A_body_has_at_most_a_mebibyte(int length, int status)
    {
        var body = Encoding.ASCII.GetBytes("{}".PadRight(length));

        ((int)(await PostAsync(_client, "/stats/a", body)).Status).Should().Be(status);
        using var chunked = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/stats/a") { Content = new StreamContent(new UnknownLength(body)) });
        ((int)chunked.StatusCode).Should().Be(status);
    }

    [Fact]
    public async Task What_is_too_much_is_refused_by_the_name_of_its_field()
    {
        string Many(string field, int count, string value) => "{\"" + field + "\":{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"n{i}\":{value}")) + "}}";

        (await PostAsync(_client, "/stats/a", Many("dims", 17, "\"x\""))).Body.Should().Contain("dims has over 16");
        (await PostAsync(_client, "/stats/a", Many("counters", 1001, "1"))).Body.Should().Contain("over 1000 names");
        (await PostAsync(_client, "/stats/a", Many("multiMembers", 11, $"[{string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"{i}\""))}]"))).Body.Should().Contain("over 10000 members");
        (await PostAsync(_client, "/stats/a", $$$"""{"counters":{"{{{new string('k', 129)}}}":1}}""")).Body.Should().Contain("A name in counters has over 128 bytes");
        (await PostAsync(_client, "/stats/a", $$$"""{"dims":{"d":"{{{new string('é', 129)}}}"}}""")).Body.Should().Contain("dims.d has over 256 bytes");
        (await PostAsync(_client, "/stats/" + new string('a', 257), "{}")).Should().Be((HttpStatusCode.BadRequest, """{"succeeded":false,"error":"The id has over 256 bytes."}"""));
        (await PostAsync(_client, "/stats/a", Many("counters", 1000, "1"))).Status.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/stats/a%2Fb", "/stats/a%252Fb")]
    [InlineData("/stats/a%25", "/stats/a%2525")]
    [InlineData("/stats/A", "/stats/a")]
    [InlineData("/stats/%C3%A9", "/stats/e")]
    public async Task Ids_are_kept_as_they_are_sent(string one, string other)
    {
        (await PostAsync(_client, one, """{"dims":{"d":"x"},"counters":{"k":5}}""")).Should().Be((HttpStatusCode.OK, Done));
        await PostAsync(_client, other, """{"dims":{"d":"x"},"counters":{"k":5}}""");
        (await _client.GetStringAsync("/stats/d")).Should().Contain("""x":{"counters":{"k":10}}""", "they are two ids");

        await PostAsync(_client, one, """{"dims":{"d":"x"},"counters":{"k":5}}""");
        (await _client.GetStringAsync("/stats/d")).Should().Contain("""x":{"counters":{"k":10}}""");
    }

    [Fact]
    public async Task An_answer_is_made_anew_when_something_was_reported()
    {
        await PostAsync(_client, "/stats/a", """{"dims":{"country":"es"},"counters":{"k":1}}""");
        var first = await _client.GetStringAsync("/stats/country");
        (await _client.GetStringAsync("/stats/country")).Should().Be(first);

        await PostAsync(_client, "/stats/a", """{"dims":{"country":"es"},"counters":{"k":2}}""");

        (await _client.GetStringAsync("/stats/country")).Should().Be(first.Replace("\"k\":1", "\"k\":2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stats_are_removed_by_a_part_of_their_name()
    {
        await PostAsync(_client, "/stats/a", """{"dims":{"country":"es"},"counters":{"old-k":1,"k":1},"gauges":{"old-k":1}}""");
        var admin = _stats.Client(TokenScopes.Admin, _tenant);

        using var answer = await admin.DeleteAsync("/stats?containing=old-");

        (await answer.Content.ReadAsStringAsync()).Should().Be("""{"succeeded":true,"error":"","deleted":2}""");
        (await _client.GetStringAsync("/stats/country")).Should().Be("""{"succeeded":true,"error":"","dims":{"country":{"es":{"counters":{"k":1}},"total":{"counters":{"k":1}}}}}""");
        (await admin.DeleteAsync("/stats")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await _client.DeleteAsync("/stats?containing=k")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("PUT", "/stats/a")]
    [InlineData("PATCH", "/stats/a")]
    [InlineData("DELETE", "/stats/a")]
    [InlineData("POST", "/stats")]
    [InlineData("POST", "/stats/stream/country/es/counter/k")]
    public async Task Other_methods_are_405(string method, string path) =>
        (await _client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path))).StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);

    /// <summary>A body that is sent in chunks.</summary>
    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
