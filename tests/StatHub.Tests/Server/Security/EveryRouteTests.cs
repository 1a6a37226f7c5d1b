using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using StatHub.Core.Tokens;

namespace StatHub.Tests.Server.Security;

/// <summary>Walks the API's document: whatever route there is, and whichever comes, it lets nobody pass who may not.</summary>
public sealed partial class EveryRouteTests : IClassFixture<WholeApi>
{
    // What is for everybody, and says nothing of any tenant.
    private static readonly string[] Open = ["/healthz", "/readyz", "/metrics", "/healthcheck", "/ping"];

    // Old clients know 403 for whatever is wrong with a token.
    private static readonly string[] Classic = ["/log/"];

    private readonly WholeApi _api;

    public EveryRouteTests(WholeApi api)
    {
        _api = api;
        foreach (var tenant in (string[])["demo", "foreign"])
            _api.Register(tenant);
    }

    [Fact]
    public async Task Without_a_token_nothing_is_answered_but_what_is_for_everybody()
    {
        var client = _api.Anonymous();
        foreach (var route in await RoutesAsync())
        {
            using var answer = await client.SendAsync(route.Request("demo"));
            if (Open.Contains(route.Path))
                answer.StatusCode.Should().BeOneOf([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable], route.ToString());
            else
                answer.StatusCode.Should().Be(route.IsClassic ? HttpStatusCode.Forbidden : HttpStatusCode.Unauthorized, route.ToString());
        }
    }

    [Theory]
    [InlineData("Bearer sth_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Basic ZGVtbzpkZW1v")]
    [InlineData("Bearer ")]
    public async Task With_a_wrong_token_the_answer_is_the_same(string header)
    {
        foreach (var route in (await RoutesAsync()).Where(route => !Open.Contains(route.Path)))
        {
            // An address of its own each time, or it would be told to wait.
            using var api = _api.Anonymous();
            using var request = route.Request("demo");
            request.Headers.TryAddWithoutValidation("Authorization", header);
            using var answer = await api.SendAsync(request);
            answer.StatusCode.Should().BeOneOf(
                [route.IsClassic ? HttpStatusCode.Forbidden : HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], route.ToString());
        }
    }

    [Fact]
    public async Task With_another_tenants_token_a_tenant_is_not_there()
    {
        var client = _api.Client(_api.Token(TokenScopes.Admin, "foreign"));
        foreach (var route in (await RoutesAsync()).Where(route => route.Path.Contains("{tenant}", StringComparison.Ordinal)))
        {
            using var real = await client.SendAsync(route.Request("demo"));
            using var absent = await client.SendAsync(route.Request("absent"));
            real.StatusCode.Should().Be(HttpStatusCode.NotFound, route.ToString());
            (await real.Content.ReadAsByteArrayAsync()).Should().Equal(await absent.Content.ReadAsByteArrayAsync(), route.ToString());
            Headers(real).Should().Equal(Headers(absent), route.ToString());
        }
    }

    [Fact]
    public async Task With_a_tenants_token_nothing_of_the_service_is_answered()
    {
        var client = _api.Client(_api.Token(TokenScopes.Admin, "foreign"));
        var refused = new List<string>();
        foreach (var route in (await RoutesAsync()).Where(route => !route.Path.Contains("{tenant}", StringComparison.Ordinal) && !route.IsClassic && !Open.Contains(route.Path)))
        {
            using var answer = await client.SendAsync(route.Request("demo"));
            if (answer.StatusCode == HttpStatusCode.Forbidden)
                refused.Add(route.ToString());
            else
                (await answer.Content.ReadAsStringAsync()).Should().NotContain("demo", route.ToString());
        }
        refused.Should().Contain(["post /api/v1/tenants", "get /api/v1/tokens", "post /api/v1/tokens", "get /api/v1/ledger", "post /api/v1/nginx/reopen", "post /api/v1/jobs"]);
    }

    [Fact]
    public async Task Without_the_scope_the_answer_is_403()
    {
        var reader = _api.Client(_api.Token(TokenScopes.Read, "demo"));
        var writer = _api.Client(_api.Token(TokenScopes.Write, "demo"));
        foreach (var route in (await RoutesAsync()).Where(route => !Open.Contains(route.Path) && route.ToString() is not ("get /api/v1/tenants" or "get /log/event/{id}")))
        {
            using var read = await reader.SendAsync(route.Request("demo"));
            using var written = await writer.SendAsync(route.Request("demo"));
            var isChange = route.Method is not "get" and not "head" && route.Path != "/api/v1/ledger/explain";
            (isChange ? read : written).StatusCode.Should().Be(HttpStatusCode.Forbidden, route.ToString());
        }
    }

    private static IEnumerable<string> Headers(HttpResponseMessage answer) =>
        answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(",", header.Value)}").Order();

    private async Task<IReadOnlyList<Route>> RoutesAsync()
    {
        var document = await WholeApi.JsonAsync(await _api.Anonymous().GetAsync("/openapi/v1.json"));
        var routes = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(operation => operation.Name != "parameters").Select(operation => new Route(operation.Name, path.Name, Body(operation.Value)))).ToList();
        routes.Should().HaveCountGreaterThan(35);
        return routes;
    }

    private static string? Body(JsonElement operation) =>
        operation.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out var json) && json.TryGetProperty("example", out var example)
            ? example.GetRawText()
            : null;

    [GeneratedRegex("{[^}]*}")]
    private static partial Regex Parameter();

    private sealed record Route(string Method, string Path, string? Body)
    {
        public bool IsClassic => Classic.Any(start => Path.StartsWith(start, StringComparison.Ordinal));

        public HttpRequestMessage Request(string tenant) => new(
            new HttpMethod(Method.ToUpperInvariant()), Parameter().Replace(Path.Replace("{tenant}", tenant, StringComparison.Ordinal), "1"))
        {
            Content = Body is null ? null : new StringContent(Body, Encoding.UTF8, "application/json"),
        };

        public override string ToString() => $"{Method} {Path}";
    }
}
