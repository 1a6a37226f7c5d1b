using StatHub.Tests.Memory;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

public sealed class TenantCommandTests : IClassFixture<ServedApi>
{
    private readonly ServedApi _served;
    private readonly CommandLine _stathub;

    public TenantCommandTests(ServedApi served) => (_served, _stathub) = (served, served.CommandLine());

    [Fact]
    public async Task A_tenant_is_registered_and_listed()
    {
        (await _stathub.RunAsync("tenant", "create", "shop", "--name", "My [shop]", "--retention-days", "400")).Should().Be(0, _stathub.Error);
        _stathub.Output.Should().BeEmpty();
        _stathub.Error.Trim().Should().Be("Tenant shop is registered.");

        (await _stathub.RunAsync("tenant", "list")).Should().Be(0);
        _stathub.Lines.Should().Equal(
            "Tenant  Name       Days kept  Months of sums  Sums from  Keys  Hits a day  Public  Since",
            "demo    demo        for ever        for ever                –           –  no      2025-03-01 12:00:30Z",
            "shop    My [shop]        400        for ever                –           –  no      2026-03-01 12:00:30Z");
    }

    [Fact]
    public async Task Limits_are_set_and_taken_away()
    {
        (await _stathub.RunAsync("tenant", "create", "shop", "--key-limit", "50", "--hits-per-day", "1000")).Should().Be(0, _stathub.Error);
        (await _stathub.RunAsync("tenant", "set", "shop", "--name", "Shop", "--key-limit", "none", "--hits-per-day", "2000", "--retention-days", "30")).Should().Be(0, _stathub.Error);

        _stathub.Error.Trim().Should().Be("Tenant shop is changed.");
        (await _served.GetAsync("/api/v1/tenants")).Should()
            .Contain("""{"id":"shop","name":"Shop","retentionDays":30,"hitsPerDay":2000,"createdAt":"2026-03-01T12:00:30Z"}""");
    }

    [Fact]
    public async Task Months_of_sums_are_set_and_taken_away()
    {
        (await _stathub.RunAsync("tenant", "create", "shop", "--retention-days", "30", "--rollup-months", "24")).Should().Be(0, _stathub.Error);
        (await _served.GetAsync("/api/v1/tenants")).Should().Contain("\"retentionDays\":30,\"rollupMonths\":24");
        (await _stathub.RunAsync("tenant", "set", "shop", "--rollup-months", "1")).Should().Be(1);
        _stathub.Error.Should().Contain("1 months have at least 28 days, and retentionDays is 30");

        (await _stathub.RunAsync("tenant", "set", "shop", "--rollup-months", "none")).Should().Be(0, _stathub.Error);
        (await _served.GetAsync("/api/v1/tenants")).Should().NotContain("rollupMonths");
    }

    [Fact]
    public async Task Who_may_read_a_tenant_is_said_and_taken_back()
    {
        (await _stathub.RunAsync("tenant", "create", "shop", "--public-read", "--cors-origin", "https://shop.example", "https://www.shop.example")).Should().Be(0, _stathub.Error);
        (await _served.GetAsync("/api/v1/tenants")).Should().Contain("\"publicRead\":true,\"corsOrigins\":[\"https://shop.example\",\"https://www.shop.example\"]");

        (await _stathub.RunAsync("tenant", "set", "shop", "--public-read", "no")).Should().Be(0, _stathub.Error);
        (await _served.GetAsync("/api/v1/tenants")).Should().NotContain("publicRead").And.Contain("https://shop.example");
        (await _stathub.RunAsync("tenant", "set", "shop", "--cors-origin", "none", "--public-read", "yes")).Should().Be(0, _stathub.Error);
        (await _served.GetAsync("/api/v1/tenants")).Should().NotContain("corsOrigins");
        (await _stathub.RunAsync("tenant", "list")).Should().Be(0);
        _stathub.Lines[2].Should().Contain("  yes  ");
        (await _stathub.RunAsync("tenant", "set", "shop", "--public-read", "maybe")).Should().Be(2);
    }

    [Theory]
    [InlineData("--rollup-months", "0")]
    [InlineData("--key-limit", "0")]
    [InlineData("--hits-per-day", "many")]
    [InlineData("--retention-days", "-1")]
    public async Task A_limit_that_is_none_is_refused_before_anything_is_asked(string option, string value)
    {
        (await _stathub.RunAsync("tenant", "set", "demo", option, value)).Should().Be(2);
        _stathub.Error.Should().Contain($"'{value}'");
    }

    [Fact]
    public async Task Setting_nothing_is_refused()
    {
        (await _stathub.RunAsync("tenant", "set", "demo")).Should().Be(2);
        _stathub.Error.Should().Contain("Say what to change");
    }

    [Fact]
    public async Task Json_is_that_of_the_api()
    {
        await _stathub.RunAsync("tenant", "create", "shop", "--json");
        _stathub.Output.Should().Be("""{"id":"shop","name":"shop","createdAt":"2026-03-01T12:00:30Z"}""" + "\n");

        await _stathub.RunAsync("tenant", "list", "--json");
        _stathub.Output.Should().Be(await _served.GetAsync("/api/v1/tenants") + "\n");
    }

    [Fact]
    public async Task A_tenant_that_exists_is_refused()
    {
        (await _stathub.RunAsync("tenant", "create", "demo")).Should().Be(1);
        _stathub.Error.Trim().Should().Be("The tenant exists already. There is a tenant 'demo'; nothing was changed.");
    }

    [Theory]
    [InlineData("demo\n", 0)]
    [InlineData(" demo ", 0)]
    [InlineData("yes\n", 1)]
    [InlineData("DEMO\n", 1)]
    [InlineData("", 1)]
    public async Task Erasing_wants_the_name(string typed, int code)
    {
        _served.Api.Store.Ingest(JournalLine.Of("demo", "home", StatHubApi.Noon));
        _stathub.Input = typed;

        (await _stathub.RunAsync("tenant", "erase", "demo")).Should().Be(code);

        _stathub.Error.Should().Contain("Type demo to erase it: ").And.Contain(code == 0 ? "Tenant demo is erased." : "Nothing was erased.");
        (await _served.GetAsync("/api/v1/tenants")).Contains("\"demo\"").Should().Be(code == 1);
    }

    [Fact]
    public async Task Yes_erases_without_a_question()
    {
        (await _stathub.RunAsync("tenant", "erase", "demo", "--yes")).Should().Be(0);
        _stathub.Error.Trim().Should().Be("Tenant demo is erased.");

        (await _stathub.RunAsync("tenant", "erase", "demo", "--yes")).Should().Be(1);
        _stathub.Error.Should().StartWith("There is no such tenant.");
    }

    [Theory]
    [InlineData("create")]
    [InlineData("create", "My shop")]
    [InlineData("erase", "../demo")]
    [InlineData("create", "shop", "--retention-days", "long")]
    public async Task What_is_no_tenant_is_wrong_usage(params string[] args) =>
        (await _stathub.RunAsync(["tenant", .. args])).Should().Be(2);
}
