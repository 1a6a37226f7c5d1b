using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace StatHub.Tests.Server;

public sealed class ApiDocumentTests(StatHubApi api) : IClassFixture<StatHubApi>
{
    [Fact]
    public async Task The_document_in_docs_is_that_of_the_code()
    {
        var path = Path.Combine(Root(), "docs", "openapi.json");
        var current = await api.Anonymous().GetStringAsync("/openapi/v1.json") + "\n";
        if (Environment.GetEnvironmentVariable("STATHUB_UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, current);
        }

        (await File.ReadAllTextAsync(path)).Should().Be(
            current, "docs/openapi.json is generated: run this test with STATHUB_UPDATE=1, then read the difference and commit it");
    }

    [Fact]
    public async Task Every_operation_is_described_with_examples()
    {
        var document = await StatHubApi.JsonAsync(await api.Anonymous().GetAsync("/openapi/v1.json"));
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var name = $"{operation.Name} {path.Name}";
                operation.Value.GetProperty("summary").GetString().Should().NotBeNullOrEmpty(name);
                if (operation.Value.TryGetProperty("parameters", out var parameters))
                    parameters.EnumerateArray().Where(each => !HasText(each, "description") || !HasAny(each, "example")).Should().BeEmpty(name);
                path.Name.Split('{').Skip(1).Select(part => part.Split('}')[0]).Should().BeSubsetOf(
                    parameters.ValueKind == JsonValueKind.Array ? parameters.EnumerateArray().Select(each => each.GetProperty("name").GetString()) : [], name);
                if (operation.Name == "post" && operation.Value.TryGetProperty("requestBody", out var body))
                    Contents(body).Should().ContainSingle(content => HasAny(content.Value, "example") && HasAny(content.Value, "schema"), name);
                foreach (var answer in operation.Value.GetProperty("responses").EnumerateObject())
                {
                    HasText(answer.Value, "description").Should().BeTrue($"{name} {answer.Name}");
                    Contents(answer.Value).Where(content => !HasAny(content.Value, "example") || !HasAny(content.Value, "schema"))
                        .Should().BeEmpty($"{name} {answer.Name}");
                }
            }
        }
    }

    [Fact]
    public async Task Every_route_is_in_the_document()
    {
        var document = await StatHubApi.JsonAsync(await api.Anonymous().GetAsync("/openapi/v1.json"));

        document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Should().BeEquivalentTo(
            "/api/v1/tenants", "/api/v1/tenants/{tenant}",
            "/api/v1/tenants/{tenant}/tokens", "/api/v1/tenants/{tenant}/tokens/{id}", "/api/v1/tokens", "/api/v1/tokens/{id}",
            "/api/v1/tenants/{tenant}/tokens/import", "/api/v1/tenants/{tenant}/tokens/{id}/rotate", "/api/v1/tokens/{id}/rotate",
            "/api/v1/tenants/{tenant}/count", "/api/v1/tenants/{tenant}/series", "/api/v1/tenants/{tenant}/hits", "/api/v1/tenants/{tenant}/keys",
            "/api/v1/tenants/{tenant}/top/{dimension}", "/api/v1/tenants/{tenant}/keys/{key}/top/{dimension}",
            "/api/v1/tenants/{tenant}/sums", "/api/v1/tenants/{tenant}/keys/{key}/sums",
            "/api/v1/tenants/{tenant}/keys/{key}/count", "/api/v1/tenants/{tenant}/keys/{key}/series", "/api/v1/tenants/{tenant}/keys/{key}/hits",
            "/api/v1/tenants/{tenant}/events", "/api/v1/tenants/{tenant}/logs", "/api/v1/tenants/{tenant}/events/{id}", "/api/v1/tenants/{tenant}/alerts", "/api/v1/tenants/{tenant}/alerts/history", "/ping", "/log/event", "/log/event/{id}",
            "/api/v1/sources", "/api/v1/ledger", "/api/v1/ledger/rejected", "/api/v1/ledger/explain", "/api/v1/nginx/reopen", "/api/v1/jobs", "/api/v1/jobs/{id}", "/healthz", "/readyz", "/metrics",
            "/stats", "/stats/{name}", "/stats/stream/{dim}/{value}/{kind}/{stat}",
            "/healthcheck", "/statcount/{tenant}/{key}", "/statdata/{tenant}/{key}", "/rawlog/{tenant}/{key}");
    }

    [Theory]
    [InlineData("/swagger/index.html", "text/html")]
    [InlineData("/swagger/swagger-ui-bundle.js", "text/javascript")]
    [InlineData("/swagger/swagger-ui.css", "text/css")]
    public async Task The_page_comes_with_all_it_needs(string path, string type)
    {
        var answer = await api.Anonymous().GetAsync(path);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.Should().Be(type);
        if (type == "text/html")
            (await answer.Content.ReadAsStringAsync()).Should().NotContain("//unpkg").And.NotContain("//cdn");
    }

    [Theory]
    [InlineData("/swagger")]
    [InlineData("/swagger/")]
    public async Task The_page_is_found_by_a_relative_redirect(string path)
    {
        var answer = await api.Anonymous().GetAsync(path);

        answer.StatusCode.Should().BeOneOf(HttpStatusCode.MovedPermanently, HttpStatusCode.Found);
        answer.Headers.Location!.IsAbsoluteUri.Should().BeFalse();
    }

    [Fact]
    public async Task The_document_names_no_address_of_this_server()
    {
        var document = await StatHubApi.JsonAsync(await api.Anonymous().GetAsync("/openapi/v1.json"));

        document.GetProperty("servers").EnumerateArray().Select(server => server.GetProperty("url").GetString()).Should().Equal("/");
    }

    private static bool HasText(JsonElement element, string name) => element.TryGetProperty(name, out var text) && text.GetString()?.Length > 0;

    private static bool HasAny(JsonElement element, string name) => element.TryGetProperty(name, out _);

    private static List<JsonProperty> Contents(JsonElement element) =>
        element.TryGetProperty("content", out var content) ? [.. content.EnumerateObject()] : [];

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
