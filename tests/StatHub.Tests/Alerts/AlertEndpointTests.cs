using System.Net;
using System.Text.Json;
using StatHub.Core.Alerts;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Storage.Alerts;
using StatHub.Tests.Server;

namespace StatHub.Tests.Alerts;

public sealed class AlertEndpointTests : IClassFixture<WholeApi>
{
    private readonly WholeApi _api;
    private readonly HttpClient _admin;
    private readonly string _tenant = $"t{Guid.CreateVersion7():N}"[..20];

    public AlertEndpointTests(WholeApi api)
    {
        _api = api;
        _api.Register(_tenant);
        _admin = _api.Client(_api.Token(TokenScopes.Admin, _tenant));
    }

    private string Alerts => $"/api/v1/tenants/{_tenant}/alerts";

    [Fact]
    public async Task A_tenant_without_rules_has_an_empty_list()
    {
        var text = await _admin.GetStringAsync(Alerts);
        text.Should().Be("""{"asOf":null,"rules":[],"receivers":[]}""");
        (await _admin.GetStringAsync($"{Alerts}/history")).Should().Be("""{"transitions":[],"next":null}""");
    }

    [Fact]
    public async Task What_is_put_is_what_is_read_with_defaults_and_without_secrets()
    {
        var put = await PutAsync("""
            {"rules":[{"name":"traffic","metric":"rate","threshold":10},
              {"name":"errors","metric":"error_rate","comparison":"above","threshold":0.05,"window":60,"for":10,"keepFiringFor":20,"labels":{"severity":"page"},"repeatInterval":0},
              {"name":"silence","metric":"no_data"}],
             "receivers":[{"name":"ops","url":"https://hooks.example.com/a/b?token=t","secret":"top secret"}]}
            """);
        put.StatusCode.Should().Be(HttpStatusCode.OK);
        var text = await put.Content.ReadAsStringAsync();
        text.Should().Be("""
            {"asOf":null,"rules":[{"name":"traffic","metric":"rate","comparison":"above","threshold":10,"window":120,"for":0,"keepFiringFor":0,"labels":{},"repeatInterval":14400,"state":"ok","states":[]},{"name":"errors","metric":"error_rate","comparison":"above","threshold":0.05,"window":60,"for":10,"keepFiringFor":20,"labels":{"severity":"page"},"repeatInterval":0,"state":"ok","states":[]},{"name":"silence","metric":"no_data","comparison":"above","threshold":0,"window":120,"for":0,"keepFiringFor":0,"labels":{},"repeatInterval":14400,"state":"ok","states":[]}],"receivers":[{"name":"ops","url":"https://hooks.example.com/a/b?token=t","isSigned":true}]}
            """);

        var read = await _api.Client(_api.Token(TokenScopes.Read, _tenant)).GetStringAsync(Alerts);

        read.Should().NotContain("top secret").And.NotContain("token=t").And.Contain("\"url\":\"https://hooks.example.com\"");
        (await _admin.GetStringAsync(Alerts)).Should().Contain("token=t").And.NotContain("top secret");
    }

    [Fact]
    public async Task A_read_token_may_not_write_rules_and_nor_may_a_write_token()
    {
        foreach (var scope in (TokenScopes[])[TokenScopes.Read, TokenScopes.Write])
        {
            var answer = await _api.Client(_api.Token(scope, _tenant)).PutAsync(Alerts, WholeApi.Json("""{"rules":[]}"""));
            answer.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        }
    }

    [Theory]
    [InlineData("""{}""", "rules")]
    [InlineData("""{"rules":[null]}""", "rules[0]")]
    [InlineData("""{"rules":[{"name":"a","metric":"rate","threshold":1},{"name":"a","metric":"rate","threshold":1}]}""", "rules[1].name")]
    [InlineData("""{"rules":[{"metric":"rate","threshold":1}]}""", "rules[0].name")]
    [InlineData("""{"rules":[{"name":"a","metric":"heat","threshold":1}]}""", "rules[0].metric")]
    [InlineData("""{"rules":[{"name":"a","metric":"rate"}]}""", "rules[0].threshold")]
    [InlineData("""{"rules":[{"name":"a","metric":"rate","threshold":1e999}]}""", "rules[0].threshold")]
    [InlineData("""{"rules":[{"name":"a","metric":"rate","threshold":0.0000001}]}""", "rules[0].threshold")]
    [InlineData("""{"rules":[{"name":"a","metric":"rate","threshold":1,"comparison":"over"}]}""", "rules[0].comparison")]
    [InlineData("""{"rules":[{"name":"a","metric":"rate","threshold":1,"window":0}]}""", "rules[0].window")]
    [InlineData("""{"rules":[{"name":"a","metric":"rate","threshold":1,"for":-1}]}""", "rules[0].for")]
    [InlineData("""{"rules":[{"name":"a","metric":"rate","threshold":1,"keepFiringFor":100000}]}""", "rules[0].keepFiringFor")]
    [InlineData("""{"rules":[{"name":"a","metric":"rate","threshold":1,"repeatInterval":5}]}""", "rules[0].repeatInterval")]
    [InlineData("""{"rules":[{"name":"a","metric":"rate","threshold":1,"labels":{"tenant":"x"}}]}""", "rules[0].labels")]
    [InlineData("""{"rules":[{"name":"a","metric":"rate","threshold":1,"labels":{"a":null}}]}""", "rules[0].labels")]
    [InlineData("""{"rules":[],"receivers":[null]}""", "receivers[0]")]
    [InlineData("""{"rules":[],"receivers":[{"url":"https://a.example"}]}""", "receivers[0].name")]
    [InlineData("""{"rules":[],"receivers":[{"name":"a","url":"https://a.example"},{"name":"a","url":"https://a.example"}]}""", "receivers[1].name")]
    [InlineData("""{"rules":[],"receivers":[{"name":"a"}]}""", "receivers[0].url")]
    [InlineData("""{"rules":[],"receivers":[{"name":"a","url":"ftp://a.example"}]}""", "receivers[0].url")]
    [InlineData("""{"rules":[],"receivers":[{"name":"a","url":"file:///etc/passwd"}]}""", "receivers[0].url")]
    [InlineData("""{"rules":[],"receivers":[{"name":"a","url":"https://u:p@a.example"}]}""", "receivers[0].url")]
    [InlineData("""{"rules":[],"receivers":[{"name":"a","url":"https://a.example/#x"}]}""", "receivers[0].url")]
    [InlineData("""{"rules":[],"receivers":[{"name":"a","url":"http://127.0.0.1/"}]}""", "receivers[0].url")]
    [InlineData("""{"rules":[],"receivers":[{"name":"a","url":"http://localhost/"}]}""", "receivers[0].url")]
    [InlineData("""{"rules":[],"receivers":[{"name":"a","url":"http://0x7f000001/"}]}""", "receivers[0].url")]
    [InlineData("""{"rules":[],"receivers":[{"name":"a","url":"http://[::ffff:10.0.0.1]/"}]}""", "receivers[0].url")]
    [InlineData("""{"rules":[],"receivers":[{"name":"a","url":"http://169.254.169.254/latest/meta-data"}]}""", "receivers[0].url")]
    [InlineData("""{"rules":"x"}""", "body")]
    [InlineData("""{"rules":[{"name":"a","metric":"rate","threshold":1,"color":"red"}]}""", "body")]
    public async Task What_cannot_be_is_refused_with_its_field_and_changes_nothing(string body, string field)
    {
        (await PutAsync("""{"rules":[{"name":"kept","metric":"no_data"}]}""")).StatusCode.Should().Be(HttpStatusCode.OK);

        var answer = await PutAsync(body);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        var problem = await WholeApi.JsonAsync(answer);
        problem.GetProperty("type").GetString().Should().Be("/problems/bad-arguments");
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Should().Equal(field);
        (await _admin.GetStringAsync(Alerts)).Should().Contain("\"kept\"");
    }

    [Fact]
    public async Task No_more_rules_and_receivers_than_may_be()
    {
        string Rules(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"name":"r{{i}}","metric":"no_data"}"""));
        string Receivers(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"name":"r{{i}}","url":"https://a.example"}"""));
        (await PutAsync($$"""{"rules":[{{Rules(20)}}],"receivers":[{{Receivers(10)}}]}""")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await PutAsync($$"""{"rules":[{{Rules(21)}}]}""")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await PutAsync($$"""{"rules":[],"receivers":[{{Receivers(11)}}]}""")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Events_that_are_sent_fire_a_rule_and_its_state_and_history_say_so()
    {
        await PutAsync("""{"rules":[{"name":"sales","metric":"value","threshold":9.5,"labels":{"team":"shop"}},{"name":"each","metric":"client_rate","threshold":0}]}""");
        (await _api.Client(_api.Token(TokenScopes.Write, _tenant)).PostAsync(
            $"/api/v1/tenants/{_tenant}/events", WholeApi.Json("""[{"event":"order","uid":"u1","value":9.25},{"event":"order","uid":"u1","value":0.5}]"""))).StatusCode.Should().Be(HttpStatusCode.OK);

        var rules = await FiringAsync(2);

        var sales = rules.First(rule => rule.GetProperty("name").GetString() == "sales");
        (sales.GetProperty("state").GetString(), sales.GetProperty("states")[0].GetProperty("value").GetRawText()).Should().Be(("firing", "9.75"));
        var each = rules.First(rule => rule.GetProperty("name").GetString() == "each").GetProperty("states")[0];
        (each.GetProperty("client").GetString()!.Length, each.GetProperty("hits").GetInt64()).Should().Be((8, 2));
        var history = JsonDocument.Parse(await _admin.GetStringAsync($"{Alerts}/history")).RootElement.GetProperty("transitions").EnumerateArray().ToList();
        history.Select(one => (one.GetProperty("rule").GetString(), one.GetProperty("to").GetString())).Should().BeEquivalentTo([("sales", "firing"), ("each", "firing")]);
        (await _api.Anonymous().GetStringAsync("/metrics")).Should().MatchRegex("\nstathub_alerts_active [2-9]").And.MatchRegex("\nstathub_alert_rules [2-9]");
    }

    [Fact]
    public async Task Pages_of_the_history_follow_each_other_without_gap_or_overlap()
    {
        await PutAsync("""{"rules":[{"name":"traffic","metric":"rate","threshold":1000000}]}""");
        var rule = new AlertRule("traffic", AlertMetric.Rate, 1);
        var tenant = TenantId.Parse(_tenant);
        for (var i = 0; i < 25; i++)
        {
            var transition = new AlertTransition(rule, "", AlertState.Ok, AlertState.Firing, TimeProvider.System.GetUtcNow(), TimeSpan.FromMilliseconds(1500), new AlertMeasure(i, 0, ValueSum.Zero));
            _api.Store.Alerts.TrySave(tenant, new AlertChanges(1, [], [], [transition], []), TimeProvider.System.GetUtcNow()).Should().BeTrue();
        }
        var (values, cursor) = (new List<long>(), "");
        do
        {
            var page = JsonDocument.Parse(await _admin.GetStringAsync($"{Alerts}/history?limit=10{cursor}")).RootElement;
            values.AddRange(page.GetProperty("transitions").EnumerateArray().Select(one => one.GetProperty("value").GetInt64()));
            cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);
        values.Should().Equal(Enumerable.Range(0, 25).Reverse().Select(i => (long)i));
        (await _admin.GetAsync($"{Alerts}/history?cursor=x")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await _admin.GetAsync($"{Alerts}/history?limit=0")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    private Task<HttpResponseMessage> PutAsync(string body) => _admin.PutAsync(Alerts, WholeApi.Json(body));

    private async Task<List<JsonElement>> FiringAsync(int rules)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var read = JsonDocument.Parse(await _admin.GetStringAsync(Alerts, patience.Token)).RootElement.GetProperty("rules").EnumerateArray().ToList();
            if (read.Count(rule => rule.GetProperty("state").GetString() == "firing") == rules)
                return read;
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
