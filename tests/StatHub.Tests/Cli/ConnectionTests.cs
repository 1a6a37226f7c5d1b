using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using StatHub.Cli;
using StatHub.Cli.Rest;
using StatHub.Core.Tokens;

namespace StatHub.Tests.Cli;

/// <summary>Which service is asked, with which token, and what is said when that does not work.</summary>
public sealed class ConnectionTests : IClassFixture<ServedApi>, IDisposable
{
    private readonly ServedApi _served;
    private readonly CommandLine _stathub;
    private readonly ScratchFolder _folder = new();

    public ConnectionTests(ServedApi served)
    {
        (_served, _stathub) = (served, served.CommandLine());
        _stathub.Environment.Clear();
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, null, null, "http://127.0.0.1:8081/")]
    [InlineData(null, null, "8091", "http://127.0.0.1:8091/")]
    [InlineData(null, "http://0.0.0.0:5000;https://0.0.0.0:5001", null, "http://127.0.0.1:5000/")]
    [InlineData(null, "http://+:8080", null, "http://127.0.0.1:8080/")]
    [InlineData(null, "http://*:8080", null, "http://127.0.0.1:8080/")]
    [InlineData(null, "http://[::]:8080", null, "http://127.0.0.1:8080/")]
    [InlineData(null, "http://192.0.2.1:8080", null, "http://192.0.2.1:8080/")]
    [InlineData(null, "nonsense", "nonsense", "http://127.0.0.1:8081/")]
    [InlineData("https://hits.example", "http://+:8080", "8091", "https://hits.example/")]
    public void Without_a_url_the_environment_says_whom_to_ask(string? url, string? listen, string? port, string asked)
    {
        Connection.Default(name => name switch { "STATHUB_URL" => url, "ASPNETCORE_URLS" => listen, "STATHUB_API_PORT" => port, _ => null })
            .Should().Be(new Uri(asked));
    }

    [Theory]
    [InlineData("--url", "URL", "tenant", "list", "--token", "TOKEN")]
    [InlineData("tenant", "list", "--url", "URL", "--token", "TOKEN")]
    [InlineData("tenant", "--token", "TOKEN", "list", "--url", "URL/")]
    public async Task Url_and_token_stand_anywhere(params string[] args)
    {
        var token = _served.Api.Token(TokenScopes.Admin);

        (await _stathub.RunAsync([.. args.Select(arg => arg.Replace("URL", _served.Url).Replace("TOKEN", token))])).Should().Be(0, _stathub.Error);
        _stathub.Output.Should().Contain("demo").And.NotContain(token);
    }

    [Theory]
    [InlineData("option")]
    [InlineData("STATHUB_DATA")]
    [InlineData("StatHub__DataPath")]
    [InlineData("here")]
    public async Task Without_a_token_the_data_folder_has_one(string how)
    {
        Directory.CreateDirectory(_folder.File("data"));
        await File.WriteAllTextAsync(_folder.File("data/admin.token"), _served.Api.Token(TokenScopes.Admin) + "\n");
        if (how == "here")
            _stathub.Folder = _folder.Path;
        else if (how != "option")
            _stathub.Environment[how] = _folder.File("data");
        string[] option = how == "option" ? ["--data", _folder.File("data")] : [];

        (await _stathub.RunAsync(["tenant", "list", "--url", _served.Url, .. option])).Should().Be(0, _stathub.Error);
    }

    [Fact]
    public async Task A_token_that_is_given_goes_before_the_folders()
    {
        await File.WriteAllTextAsync(_folder.File("admin.token"), _served.Api.Token(TokenScopes.Admin));
        _stathub.Environment["STATHUB_TOKEN"] = "sth_wrong";

        (await _stathub.RunAsync("tenant", "list", "--url", _served.Url, "--data", _folder.Path)).Should().Be(1);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8081/", true)]
    [InlineData("http://localhost:8080/", true)]
    [InlineData("http://[::1]:8080/", true)]
    [InlineData("https://hits.example/", false)]
    [InlineData("http://192.0.2.1:8080/", false)]
    public async Task The_token_of_a_folder_that_nobody_named_stays_on_this_machine(string server, bool isSent)
    {
        Directory.CreateDirectory(_folder.File("data"));
        await File.WriteAllTextAsync(_folder.File("data/admin.token"), "sth_admin\n");
        var connection = new Connection(new Shell { Variable = _ => null, Input = () => TextReader.Null, OpenOutput = () => Stream.Null, Folder = _folder.Path });
        var command = new RootCommand { connection.Token, connection.Data };

        connection.TokenFor(new Uri(server), command.Parse("")).Should().Be(isSent ? "sth_admin" : null);
        connection.TokenFor(new Uri(server), command.Parse(["--data", _folder.File("data")])).Should().Be("sth_admin");
    }

    [Fact]
    public async Task A_named_folder_without_a_token_is_told()
    {
        (await _stathub.RunAsync("tenant", "list", "--url", _served.Url, "--data", _folder.Path)).Should().Be(2);
        _stathub.Error.Should().Contain(_folder.File("admin.token"));
    }

    [Fact]
    public async Task Without_any_token_the_service_says_no_and_the_command_says_where_one_comes_from()
    {
        (await _stathub.RunAsync("count", "demo", "--url", _served.Url)).Should().Be(1);
        _stathub.Error.Should().StartWith("A token is needed.").And.Contain("STATHUB_TOKEN").And.Contain("--data");
    }

    [Theory]
    [InlineData("sth_wrong", 1)]
    [InlineData("wrong token", 2)]
    [InlineData("wrong\r\nHost: evil", 2)]
    [InlineData("schlüssel", 2)]
    public async Task A_bad_token_is_told_and_never_shown(string token, int code)
    {
        (await _stathub.RunAsync("count", "demo", "--url", _served.Url, "--token", token)).Should().Be(code);
        _stathub.Error.Should().NotBeEmpty().And.NotContain(token);
        _stathub.Output.Should().BeEmpty();
    }

    [Theory]
    [InlineData("count", "demo")]
    [InlineData("hits", "demo")]
    [InlineData("hits", "demo", "--follow")]
    [InlineData("tenant", "erase", "demo", "--yes")]
    [InlineData("reopen")]
    public async Task A_service_that_cannot_be_reached_is_named_in_one_line(params string[] args)
    {
        var stopped = await ServeAsync(_ => Results.Ok());
        var url = stopped.Urls.Single();
        await stopped.DisposeAsync();

        (await _stathub.RunAsync([.. args, "--url", url, "--token", "sth_x"])).Should().Be(2);

        _stathub.Output.Should().BeEmpty();
        _stathub.Error.TrimEnd().Should().StartWith($"{url}/ cannot be reached: ").And.NotContain("\n");
    }

    [Fact]
    public async Task A_server_that_is_something_else_is_told()
    {
        await using var other = await ServeAsync(_ => Results.Text("<h1>Welcome</h1>", "text/html"));

        (await _stathub.RunAsync("count", "demo", "--url", other.Urls.Single())).Should().Be(1);
        _stathub.Error.Should().Contain("answered 200 text/html; is that StatHub?");
        _stathub.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var other = await ServeAsync(_ => Results.Redirect(_served.Url + "/api/v1/tenants"));

        (await _stathub.RunAsync("tenant", "list", "--url", other.Urls.Single(), "--token", _served.Api.Token(TokenScopes.Admin))).Should().Be(1);
        _stathub.Error.Should().Contain("answered 302");
    }

    [Fact]
    public async Task Control_characters_of_a_problem_do_not_reach_the_terminal()
    {
        await using var other = await ServeAsync(_ => Results.Json(
            new { type = "/problems/x", title = "No\x1b[2J", status = 400, errors = new Dictionary<string, string[]> { ["a\r"] = ["b\nc"] } },
            contentType: "application/problem+json", statusCode: 400));

        (await _stathub.RunAsync("count", "demo", "--url", other.Urls.Single())).Should().Be(1);
        _stathub.Error.Should().Be(@"No\x1b[2J" + Environment.NewLine + @"  a\x0d: b\x0ac" + Environment.NewLine);
    }

    [Fact]
    public async Task Members_that_only_a_later_service_has_are_passed_over()
    {
        await using var later = await ServeAsync(_ => Results.Text("""[{"id":"demo","name":"Demo","createdAt":"2026-03-01T00:00:00Z","colour":"red"}]""", "application/json"));

        (await _stathub.RunAsync("tenant", "list", "--url", later.Urls.Single())).Should().Be(0, _stathub.Error);
        _stathub.Lines[1].Should().Be("demo    Demo   for ever        for ever                –           –  no      2026-03-01 00:00Z");
    }

    private static async Task<WebApplication> ServeAsync(Func<HttpContext, IResult> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.MapFallback(answer);
        await server.StartAsync();
        return server;
    }
}
