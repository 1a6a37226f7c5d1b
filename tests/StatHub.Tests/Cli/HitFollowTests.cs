using System.Diagnostics;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using StatHub.Cli;
using StatHub.Tests.Memory;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

/// <summary><c>stathub hits --follow</c>, in this process and as a process of its own.</summary>
public sealed class HitFollowTests : IClassFixture<ServedApi>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ServedApi _served;
    private readonly CommandLine _stathub;
    private readonly Pipe _pipe = new();
    private readonly StreamReader _printed;
    private readonly CancellationTokenSource _ctrlC = new();

    public HitFollowTests(ServedApi served)
    {
        (_served, _stathub) = (served, served.CommandLine());
        _stathub.Bytes = _pipe.Writer.AsStream();
        _printed = new StreamReader(_pipe.Reader.AsStream());
    }

    public void Dispose()
    {
        _printed.Dispose();
        _ctrlC.Dispose();
    }

    [Fact]
    public async Task Only_hits_from_now_on_are_printed()
    {
        Ingest(-10, "old");
        var running = Follow("--limit", "2");
        Ingest(1, "first");
        (await NextAsync()).Should().Be("first");
        Ingest(2, "second");

        (await NextAsync()).Should().Be("second");
        (await running).Should().Be(0, _stathub.Error);
        _stathub.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task With_a_beginning_what_there_is_comes_first()
    {
        Ingest(-3600, "yesterday", "early");
        Ingest(-30, "late");
        var running = Follow("--last", "90m", "--limit", "4");

        (await NextAsync()).Should().Be("early");
        (await NextAsync()).Should().Be("yesterday");
        (await NextAsync()).Should().Be("late");
        Ingest(1, "new");
        (await NextAsync()).Should().Be("new");
        (await running).Should().Be(0);
    }

    [Fact]
    public async Task Hits_that_come_a_little_out_of_order_are_each_printed_once()
    {
        var running = Follow("--limit", "6");
        Ingest(4, "a");
        (await NextAsync()).Should().Be("a");
        // The service has read further, and yet there is an earlier one, another of the same instant, and one that is the same to the byte.
        _served.Api.Time.Now = StatHubApi.Noon.AddSeconds(5);
        Ingest(3, "before");
        (await NextAsync()).Should().Be("before");
        Ingest(4, "b");
        (await NextAsync()).Should().Be("b");
        Ingest(4, "a");
        (await NextAsync()).Should().Be("a");
        _served.Api.Time.Now = StatHubApi.Noon.AddSeconds(60);
        Ingest(58, "c", "d");

        (await NextAsync()).Should().Be("c");
        (await NextAsync()).Should().Be("d");
        (await running).Should().Be(0);
    }

    [Fact]
    public async Task More_hits_than_a_page_holds_come_at_once()
    {
        var running = Follow("--limit", "10050");
        Ingest(1, [.. Enumerable.Range(0, 10_050).Select(i => $"k{i}")]);

        foreach (var key in Enumerable.Range(0, 10_050).Select(i => $"k{i}").Order(StringComparer.Ordinal))
            (await NextAsync()).Should().Be(key);
        (await running).Should().Be(0);
    }

    [Fact]
    public async Task A_service_that_was_away_is_followed_on()
    {
        var answers = new Queue<IResult>([Lines("a"), Results.StatusCode(502), Results.StatusCode(503), Lines("a", "b")]);
        await using var server = await ServeAsync(() => answers.Dequeue());
        var running = Follow("--from", "2026-03-01", "--limit", "2", "--url", server.Urls.Single());

        (await NextAsync()).Should().Be("a");
        (await NextAsync()).Should().Be("b");
        (await running).Should().Be(0);
        // Once, however often it was asked.
        _stathub.Error.Split("Trying again.").Should().HaveCount(2);
    }

    [Fact]
    public async Task A_token_that_is_revoked_ends_it()
    {
        var token = _served.Api.Token(Core.Tokens.TokenScopes.Read, "demo");
        var running = Follow("--token", token);
        Ingest(1, "a");
        await NextAsync();

        ((Core.Tokens.ITokenStore)_served.Api.Store).List(Core.Tenants.TenantId.Parse("demo")).ToList()
            .ForEach(each => ((Core.Tokens.ITokenStore)_served.Api.Store).Revoke(each.Tenant, each.Id));
        (await running).Should().Be(1);
        _stathub.Error.Should().Contain("A token is needed.");
    }

    [Fact]
    public async Task Cancelling_it_is_no_failure_that_needs_words()
    {
        var running = Follow();
        Ingest(1, "a");
        await NextAsync();
        await _ctrlC.CancelAsync();

        (await running).Should().Be(130);
        _stathub.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task Ctrl_C_ends_the_process_with_130()
    {
        Ingest(-30, "a");
        using var process = Start("hits", "demo", "--follow", "--from", "2026-03-01");
        (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience)).Should().Contain("\"key\":\"a\"");

        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        await process.WaitForExitAsync().WaitAsync(Patience);

        process.ExitCode.Should().Be(130);
        (await process.StandardError.ReadToEndAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_the_process_quietly()
    {
        Ingest(-30, "a");
        using var process = Start("hits", "demo", "--follow", "--from", "2026-03-01");
        (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience)).Should().Contain("\"key\":\"a\"");

        process.StandardOutput.Close();
        Ingest(1, "b");
        await process.WaitForExitAsync().WaitAsync(Patience);

        process.ExitCode.Should().Be(0);
        (await process.StandardError.ReadToEndAsync()).Should().BeEmpty();
    }

    private Task<int> Follow(params string[] options) => _stathub.RunAsync(["hits", "demo", "--follow", .. options], _ctrlC.Token);

    /// <summary>The key of the next hit that is printed.</summary>
    private async Task<string?> NextAsync()
    {
        var line = await _printed.ReadLineAsync().WaitAsync(Patience);
        return JsonDocument.Parse(line!).RootElement.GetProperty("key").GetString();
    }

    private void Ingest(int seconds, params string[] keys)
    {
        _served.Api.Journal.Write(keys.Select(key => JournalLine.Of("demo", key, StatHubApi.Noon.AddSeconds(seconds))));
        _served.Api.Journal.Commit();
    }

    // Started without the handlers of this process: a shell's background jobs ignore Ctrl-C.
    private Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", typeof(StatHubCommand).Assembly.Location, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in _stathub.Environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static IResult Lines(params string[] keys) =>
        Results.Text(string.Concat(keys.Select(key => JournalLine.Of("demo", key, StatHubApi.Noon) + "\n")), "application/x-ndjson");

    private static async Task<WebApplication> ServeAsync(Func<IResult> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.MapFallback((HttpContext _) => answer());
        await server.StartAsync();
        return server;
    }
}
