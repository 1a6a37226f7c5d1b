using System.Net;
using System.Text.Json;

namespace StatHub.EndToEnd.Docker;

[Collection(DockerTests.Name)]
public sealed class ContainerTests(ComposeProject project)
{
    private static readonly Uri Pixel = new("/p/demo/container", UriKind.Relative);

    [Fact]
    public async Task Only_the_guard_sees_the_docker_socket()
    {
        var seeing = new List<string>();
        foreach (var service in new[] { "nginx", "guard", "api" })
        {
            var mounts = (await InspectAsync(service)).GetProperty("Mounts").EnumerateArray();
            if (mounts.Any(mount => mount.GetProperty("Source").GetString() == project.Engine.SocketPath))
                seeing.Add(service);
        }

        seeing.Should().Equal("guard");
        (await project.TryExecAsync("api", "find", "/run", "/var", "/tmp", "-name", "docker.sock")).Output
            .Should().Be("/run/guard/docker.sock\n");
        (await project.TryExecAsync("nginx", "find", "/run", "/var", "/tmp", "-name", "docker.sock")).Output.Should().BeEmpty();
    }

    [Theory]
    [InlineData("nginx", "10001")]
    [InlineData("api", "10001")]
    [InlineData("guard", "0")]
    public async Task A_container_runs_as_its_user_without_any_capability(string service, string user)
    {
        var status = (await project.ExecAsync(service, "cat", "/proc/1/status")).Split('\n');

        status.Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t').Skip(1).Distinct().Should().Equal(user);
        status.Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal)).Should().EndWith("\t0000000000000000");
        status.Single(line => line.StartsWith("CapBnd:", StringComparison.Ordinal)).Should().EndWith("\t0000000000000000");
        status.Single(line => line.StartsWith("NoNewPrivs:", StringComparison.Ordinal)).Should().EndWith("\t1");
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("api")]
    [InlineData("guard")]
    public async Task A_container_cannot_change_its_own_files(string service)
    {
        (await project.TryExecAsync(service, "touch", "/usr/bin/changed")).Errors.Should().Contain("Read-only file system");
        (await project.TryExecAsync(service, "touch", "/etc/stathub/changed")).ExitCode.Should().NotBe(0);
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("api")]
    [InlineData("guard")]
    public async Task The_log_of_a_container_has_a_limit(string service)
    {
        var log = (await InspectAsync(service)).GetProperty("HostConfig").GetProperty("LogConfig").GetProperty("Config");

        log.GetProperty("max-size").GetString().Should().Be("10m");
        log.GetProperty("max-file").GetString().Should().Be("5");
    }

    [Fact]
    public async Task The_guard_has_no_network()
    {
        (await InspectAsync("guard")).GetProperty("HostConfig").GetProperty("NetworkMode").GetString().Should().Be("none");
    }

    [Fact]
    public async Task Only_nginx_is_published_and_only_on_loopback()
    {
        var published = new List<string>();
        foreach (var service in new[] { "nginx", "guard", "api" })
        {
            var ports = (await InspectAsync(service)).GetProperty("NetworkSettings").GetProperty("Ports").EnumerateObject();
            published.AddRange(ports.Where(port => port.Value.ValueKind == JsonValueKind.Array)
                .SelectMany(port => port.Value.EnumerateArray(), (port, at) => $"{service} {port.Name} {at.GetProperty("HostIp").GetString()}"));
        }

        published.Should().Equal("nginx 8080/tcp 127.0.0.1");
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("guard")]
    public async Task A_health_check_passes_while_all_is_well(string service)
    {
        await project.WaitAsync(project.AnswersAsync, "nginx and guard answer");
        var test = (await InspectAsync(service)).GetProperty("Config").GetProperty("Healthcheck").GetProperty("Test");
        var words = test.EnumerateArray().Select(word => word.GetString()!).ToArray();
        string[] command = words[0] == "CMD-SHELL" ? ["/bin/sh", "-c", words[1]] : words[1..];

        (await project.TryExecAsync(service, command)).Should().BeEquivalentTo((0, "", ""));
    }

    [Fact]
    public async Task The_image_runs_as_a_numeric_user_and_has_a_health_check()
    {
        var image = (await project.Engine.InspectAsync("images/stathub")).GetProperty("Config");

        image.GetProperty("User").GetString().Should().Be("10001:10001");
        image.GetProperty("Healthcheck").GetProperty("Test").EnumerateArray().Select(word => word.GetString())
            .Should().Equal("CMD", "stathub", "ready");
    }

    [Fact]
    public async Task The_image_has_no_sources_and_no_sdk()
    {
        (await project.TryExecAsync("api", "find", "/app", "/source", "-name", "*.cs", "-o", "-name", "*.pdb", "-o", "-name", "*.xml")).Output
            .Should().BeEmpty();
        (await project.TryExecAsync("api", "dotnet", "--list-sdks")).Output.Should().BeEmpty();
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("api")]
    public async Task The_journal_belongs_to_the_common_user_from_the_start(string service)
    {
        (await project.ExecAsync(service, "stat", "-c", "%u:%g %a", "/data/journal")).Should().Be("10001:10001 700\n");
    }

    [Fact]
    public async Task A_pixel_becomes_a_line_in_the_journals_volume()
    {
        var key = "line-" + TimeProvider.System.GetTimestamp();

        using var answer = await project.Client.GetAsync(new Uri($"/p/demo/{key}", UriKind.Relative));

        answer.Content.Headers.ContentType!.MediaType.Should().Be("image/gif");
        await project.WaitAsync(async () => (await JournalAsync()).Contains($"\"key\":\"{key}\"", StringComparison.Ordinal),
            "the line is in the journal or already counted");
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("guard")]
    [InlineData("api")]
    public async Task A_container_that_crashes_after_a_signal_comes_back_by_itself(string service)
    {
        await RunsAsync(service);
        await project.Engine.SignalAsync(ComposeProject.Container(service), "SIGUSR1");
        // USR1 itself ends a program that does not know it.
        await RunsAsync(service);
        var pid = await project.PidAsync(service);

        await project.CrashAsync(service);

        await project.ComesBackAsync(service, pid);
        await project.WaitAsync(project.AnswersAsync, "nginx and guard answer again");
    }

    [Fact]
    public async Task A_container_that_crashes_after_a_signal_through_the_guard_comes_back_by_itself()
    {
        await project.WaitAsync(project.AnswersAsync, "nginx and guard answer");
        (await UnixHttp.SendAsync(project.GuardSocket,
            $"POST /containers/{ComposeProject.NginxContainer}/kill?signal=SIGUSR1 HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
            .Should().StartWith("HTTP/1.1 204 ");
        var pid = await project.PidAsync("nginx");

        await project.CrashAsync("nginx");

        await project.ComesBackAsync("nginx", pid);
        await project.WaitAsync(project.AnswersAsync, "nginx answers again");
    }

    [Fact]
    public async Task Nginx_starts_and_takes_hits_while_everything_else_is_down()
    {
        await project.ComposeAsync("stop", "--timeout", "5", "api", "guard");
        try
        {
            await project.ComposeAsync("restart", "nginx");
            await project.WaitAsync(PixelIsServedAsync, "nginx serves a pixel");

            using var answer = await project.Client.GetAsync(new Uri("/healthz", UriKind.Relative));
            answer.StatusCode.Should().Be(HttpStatusCode.BadGateway);
            answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        }
        finally
        {
            await project.ComposeAsync("start", "guard", "api");
        }
        await project.WaitAsync(async () =>
        {
            using var answer = await project.Client.GetAsync(new Uri("/healthz", UriKind.Relative));
            return answer.StatusCode != HttpStatusCode.BadGateway;
        }, "nginx reaches the API again");
    }

    private Task<JsonElement> InspectAsync(string service) =>
        project.Engine.InspectAsync("containers/" + ComposeProject.Container(service));

    private Task RunsAsync(string service) => project.WaitAsync(async () =>
        (await project.StateAsync(service)) is var state && state.GetProperty("Running").GetBoolean() && !state.GetProperty("Restarting").GetBoolean(),
        $"{service} runs");

    private async Task<bool> PixelIsServedAsync()
    {
        try
        {
            using var answer = await project.Client.GetAsync(Pixel);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<string> JournalAsync() => await project.ExecAsync("nginx", "/bin/sh", "-c", "cat /data/journal/*.log");
}
