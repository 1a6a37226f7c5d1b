using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace StatHub.EndToEnd.Docker;

/// <summary>What a user of docker-compose.yml does: pixels, token, counts, a cut, an upgrade.</summary>
[Collection(DockerTests.Name)]
public sealed class CountingInContainersTests(ComposeProject project) : IAsyncLifetime
{
    // Keys of this run only: the containers are shared by all tests.
    private readonly string _key = "key-" + RandomNumberGenerator.GetHexString(12, lowercase: true);
    private string _token = "";

    public async Task InitializeAsync()
    {
        await project.WaitAsync(project.AnswersAsync, "nginx and guard answer");
        await project.WaitAsync(async () => (await project.TryExecAsync("api", "stathub", "ready")).ExitCode == 0, "the API is ready");
        _token = (await project.ExecAsync("api", "stathub", "token", "show-admin")).Trim();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_admin_token_is_shown_and_kept_from_others()
    {
        _token.Should().NotBeEmpty().And.NotContainAny(" ", "\n");
        (await project.ExecAsync("api", "stat", "-c", "%u %a", "/data/admin.token")).Should().Be("10001 600\n");
    }

    [Fact]
    public async Task A_pixel_is_counted()
    {
        await SendPixelsAsync(7);

        (await CountAsync()).Should().Be(7);
    }

    [Fact]
    public async Task Reopen_rotates_the_journal_inside_the_container_of_nginx()
    {
        await SendPixelsAsync(3);
        var before = await LiveFileAsync();

        using var answer = await SendAsync(HttpMethod.Post, "/api/v1/nginx/reopen");

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        await project.WaitAsync(async () => await LiveFileAsync() is var now && now != "" && now != before, "nginx opens a new journal");
        await SendPixelsAsync(2);
        (await CountAsync()).Should().Be(5);
    }

    [Fact]
    public async Task Reopen_says_that_the_guard_is_down_and_works_when_it_is_back()
    {
        await SendPixelsAsync(1);
        await project.ComposeAsync("stop", "--timeout", "5", "guard");
        try
        {
            using var refused = await SendAsync(HttpMethod.Post, "/api/v1/nginx/reopen");
            refused.StatusCode.Should().Be(HttpStatusCode.BadGateway);
            refused.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
            (await refused.Content.ReadAsStringAsync()).Should().Contain("Docker socket /run/guard/docker.sock");
        }
        finally
        {
            await project.ComposeAsync("start", "guard");
        }
        await project.WaitAsync(project.AnswersAsync, "the guard listens again");

        await project.WaitAsync(async () =>
        {
            using var answer = await SendAsync(HttpMethod.Post, "/api/v1/nginx/reopen");
            return answer.StatusCode == HttpStatusCode.OK;
        }, "a cut succeeds again");
        await SendPixelsAsync(1);
        (await CountAsync()).Should().Be(2);
    }

    [Fact]
    public async Task A_stopped_api_catches_up()
    {
        await project.ComposeAsync("stop", "--timeout", "10", "api");
        try
        {
            await SendPixelsAsync(25);
        }
        finally
        {
            await project.ComposeAsync("start", "api");
        }

        await project.WaitAsync(async () => await TryCountAsync() == 25, "the API counts what came while it was down");
    }

    [Fact]
    public async Task An_api_that_was_killed_counts_nothing_twice()
    {
        await SendPixelsAsync(10);
        var pid = await project.PidAsync("api");

        await project.CrashAsync("api");
        await SendPixelsAsync(10);
        await project.ComesBackAsync("api", pid);

        await project.WaitAsync(async () => await TryCountAsync() is >= 20, "the API counts what came before and after");
        (await CountAsync()).Should().Be(20);
    }

    [Fact]
    public async Task A_crash_of_nginx_after_a_cut_loses_no_hit()
    {
        await SendPixelsAsync(5);
        using (var cut = await SendAsync(HttpMethod.Post, "/api/v1/nginx/reopen"))
            cut.StatusCode.Should().Be(HttpStatusCode.OK);
        var pid = await project.PidAsync("nginx");

        await project.CrashAsync("nginx");
        await project.ComesBackAsync("nginx", pid);
        await project.WaitAsync(project.AnswersAsync, "nginx answers again");
        await SendPixelsAsync(5);

        (await CountAsync()).Should().Be(10);
    }

    [Fact]
    public async Task The_volumes_carry_counts_to_new_containers()
    {
        await SendPixelsAsync(4);
        (await CountAsync()).Should().Be(4);

        await project.ComposeAsync("up", "-d", "--force-recreate", "--timeout", "10");
        await project.WaitAsync(project.AnswersAsync, "the new nginx and guard answer");

        await project.WaitAsync(async () => await TryCountAsync() == 4, "the new API has the old counts");
        await SendPixelsAsync(4);
        (await CountAsync()).Should().Be(8);
    }

    private async Task SendPixelsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var answer = await project.Client.GetAsync(new Uri($"/p/demo/{_key}", UriKind.Relative));
            answer.StatusCode.Should().Be(HttpStatusCode.OK);
        }
    }

    private async Task<long> CountAsync() =>
        await TryCountAsync() ?? throw new InvalidOperationException("The API does not answer: " + await project.ComposeAsync("logs", "api"));

    // Null while nginx cannot reach the API.
    private async Task<long?> TryCountAsync()
    {
        using var answer = await SendAsync(HttpMethod.Get, $"/api/v1/tenants/demo/keys/{_key}/count?fresh=true");
        if (answer.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout)
            return null;
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, body);
        using var count = JsonDocument.Parse(body);
        return count.RootElement.GetProperty("hits").GetInt64();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        return await project.Client.SendAsync(request);
    }

    // The inode of the live file as nginx's container sees it; empty while there is none.
    private async Task<string> LiveFileAsync() =>
        (await project.TryExecAsync("nginx", "stat", "-c", "%i", "/data/journal/hits.log")).Output.Trim();
}
