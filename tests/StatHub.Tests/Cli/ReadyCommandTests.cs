using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace StatHub.Tests.Cli;

public sealed class ReadyCommandTests
{
    private readonly CommandLine _stathub = new();

    [Fact]
    public async Task A_ready_server_is_ready()
    {
        await using var server = await ServeAsync(200, "ready");

        (await _stathub.RunAsync("ready", "--url", server.Urls.Single())).Should().Be(0);
        _stathub.Output.Trim().Should().Be("ready");
    }

    [Fact]
    public async Task A_server_that_is_not_ready_says_why()
    {
        await using var server = await ServeAsync(503, "the disk is full\n");

        (await _stathub.RunAsync("ready", "--url", server.Urls.Single())).Should().Be(1);
        _stathub.Error.Should().Contain("503").And.Contain("the disk is full");
        _stathub.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task Control_characters_of_an_answer_do_not_reach_the_terminal()
    {
        await using var server = await ServeAsync(503, "\u001b]0;title\u0007 bad");

        await _stathub.RunAsync("ready", "--url", server.Urls.Single());
        _stathub.Error.Should().Contain(@"\x1b]0;title\x07 bad").And.NotContain("\u001b");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_not_ready()
    {
        var url = await UrlOfAStoppedServerAsync();

        (await _stathub.RunAsync("ready", "--url", url)).Should().Be(1);
        _stathub.Error.Should().Contain("cannot be reached");
    }

    [Theory]
    [InlineData("127.0.0.1:8081")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("")]
    public async Task What_is_no_web_address_is_wrong_usage(string url)
    {
        (await _stathub.RunAsync("ready", "--url", url)).Should().Be(2);
    }

    private static async Task<WebApplication> ServeAsync(int status, string body)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.MapGet("/readyz", () => Results.Text(body, statusCode: status));
        await server.StartAsync();
        return server;
    }

    private static async Task<string> UrlOfAStoppedServerAsync()
    {
        await using var server = await ServeAsync(200, "");
        return server.Urls.Single();
    }
}
