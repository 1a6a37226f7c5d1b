using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server;
using StatHub.Server.Countries;
using StatHub.Server.Health;
using StatHub.Server.Lists;
using StatHub.Server.Tenants;
using StatHub.Server.Tokens;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

public sealed class StartupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stathub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task All_mistakes_in_the_configuration_are_told_at_once()
    {
        var (code, errors) = await RunAsync(
            ("StatHub:DataPath", ""), ("StatHub:Prefix", "api"), ("StatHub:PublicUrl", "ftp://example.org"),
            ("StatHub:Tenants:Register:0", "Not A Tenant"), ("StatHub:Health:MaxLag", "00:00:00"), ("StatHub:Limits:PerToken", "-1"));

        code.Should().Be(1);
        errors.Should().StartWith("StatHub cannot start:\n").And.NotContain("   at ").And.NotContain("Exception");
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Should().HaveCount(6)
            .And.Contain(line => line.Contains("StatHub:DataPath")).And.Contain(line => line.Contains("StatHub:Prefix"))
            .And.Contain(line => line.Contains("StatHub:PublicUrl")).And.Contain(line => line.Contains("'Not A Tenant'"))
            .And.Contain(line => line.Contains("StatHub:Health:MaxLag")).And.Contain(line => line.Contains("StatHub:Limits:PerToken"));
    }

    [Fact]
    public async Task A_file_of_countries_that_is_of_no_use_is_told_with_the_other_mistakes()
    {
        var (code, errors) = await RunAsync(
            ("StatHub:Prefix", "api"), ("StatHub:Countries:Database", Path.Combine(_folder, "countries.mmdb")), ("StatHub:Referrers:SpamList", _folder));

        code.Should().Be(1);
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Should().HaveCount(3)
            .And.Contain(line => line.Contains("StatHub:Prefix"))
            .And.Contain(line => line.Contains("StatHub:Countries:Database: There is no file") && line.Contains("countries.mmdb"))
            .And.Contain(line => line.Contains("StatHub:Referrers:SpamList") && line.Contains("cannot be read"));
    }

    [Fact]
    public async Task Wrong_lines_of_a_spam_list_are_told_with_their_numbers()
    {
        var list = Path.Combine(_folder, "spam.txt");
        await File.WriteAllLinesAsync(list, ["# hosts", "spam.example", "http://more.example/", "", "com", .. Enumerable.Repeat("a b", 20)]);

        var (code, errors) = await RunAsync(("StatHub:DataPath", _folder), ("StatHub:Referrers:SpamList", list));

        code.Should().Be(1);
        errors.Should().Contain("line 3: 'http://more.example/'").And.Contain("line 5: 'com'").And.Contain("12 more such lines")
            .And.NotContain("line 2:").And.NotContain("   at ");
    }

    [Fact]
    public async Task Wrong_lines_of_a_list_of_bots_are_told_with_their_numbers()
    {
        var list = Path.Combine(_folder, "bots.txt");
        await File.WriteAllLinesAsync(list, ["AcmeUptime", "x  # too short"]);

        var (code, errors) = await RunAsync(("StatHub:DataPath", _folder), ("StatHub:Bots:List", list));

        code.Should().Be(1);
        errors.Should().Contain("StatHub:Bots:List: ").And.Contain("line 2: 'x' has not 3 to 200 characters.").And.NotContain("   at ");
    }

    [Fact]
    public async Task A_token_file_without_a_token_stops_the_start()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "admin.token"), "secret\n");

        var (code, errors) = await RunAsync(("StatHub:DataPath", _folder));

        code.Should().Be(1);
        errors.Should().Contain("admin.token holds no token").And.NotContain("secret");
    }

    [Theory]
    [InlineData("p")]
    [InlineData("my-pixel")]
    [InlineData("api2")]
    public void A_prefix_is_short_and_nobody_elses(string prefix) =>
        new StatHubOptionsValidator().Validate(null, new StatHubOptions { Prefix = prefix }).Succeeded.Should().BeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("stats")]
    [InlineData("problems")]
    [InlineData("P")]
    [InlineData("a/b")]
    [InlineData("p\n")]
    [InlineData("012345678901234567890123456789012")]
    public void Another_prefix_is_refused(string prefix) =>
        new StatHubOptionsValidator().Validate(null, new StatHubOptions { Prefix = prefix }).Failed.Should().BeTrue();

    private static async Task<(int Code, string Errors)> RunAsync(params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        foreach (var (name, value) in settings)
            builder.Configuration[name] = value;
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        var store = new MemoryStore(TimeProvider.System);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<ITenantStore>(store).AddSingleton<ITokenStore>(store)
            .AddSingleton<IJournal>(new MemoryJournal(store, TimeProvider.System));
        builder.Services.AddStatHubOptions(builder.Configuration);
        builder.Services.AddTenants(builder.Configuration);
        builder.Services.AddHealth(builder.Configuration);
        builder.Services.AddCountries(builder.Configuration);
        builder.Services.AddLists(builder.Configuration);
        builder.Services.AddTokens(builder.Configuration);
        await using var app = builder.Build();
        using var errors = new StringWriter { NewLine = "\n" };
        return (await app.RunOrExplainAsync(errors), errors.ToString());
    }
}
