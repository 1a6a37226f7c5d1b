using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace StatHub.EndToEnd.Docker;

/// <summary>The checkout's docker-compose.yml, brought up as its users do, on an engine of the tests.</summary>
public sealed class ComposeProject : IAsyncLifetime
{
    public const string NginxContainer = "stathub-test-nginx";

    private const string Name = "stathubtest";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly int _port = FreePort.Take();
    private DockerEngine? _engine;

    public ComposeProject() => Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };

    public DockerEngine Engine => _engine ?? throw new InvalidOperationException("The engine does not run.");

    /// <summary>A client of the published address.</summary>
    public HttpClient Client { get; }

    public string GuardSocket => Path.Combine(Engine.VolumeFolder(Name + "_guard"), "docker.sock");

    public string JournalFolder => Engine.VolumeFolder(Name + "_journal");

    /// <summary>The container of a service.</summary>
    public static string Container(string service) => service == "nginx" ? NginxContainer : $"{Name}_{service}_1";

    public async Task InitializeAsync()
    {
        _engine = await DockerEngine.StartAsync();
        await StandInImages.MakeAsync(_engine);
        // As on a clean machine: one command builds, creates and starts.
        await ComposeAsync("up", "-d");
        await WaitAsync(AnswersAsync, "nginx answers and the guard listens");
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        if (_engine is null)
            return;
        await ComposeAsync("down", "--volumes", "--timeout", "5");
        await _engine.DisposeAsync();
    }

    /// <summary>Runs docker-compose; its standard output.</summary>
    public Task<string> ComposeAsync(params string[] arguments) => Compose(arguments).RunAsync();

    /// <summary>Runs a program in the container of a service, which may fail.</summary>
    public Task<(int ExitCode, string Output, string Errors)> TryExecAsync(string service, params string[] command) =>
        Compose(["exec", "-T", service, .. command]).TryRunAsync();

    /// <summary>Runs a program in the container of a service; its standard output.</summary>
    public Task<string> ExecAsync(string service, params string[] command) => ComposeAsync(["exec", "-T", service, .. command]);

    /// <summary>The process of a container as this machine numbers it; 0 while the container is down.</summary>
    public async Task<int> PidAsync(string service) => (await StateAsync(service)).GetProperty("Pid").GetInt32();

    public async Task<System.Text.Json.JsonElement> StateAsync(string service) =>
        (await Engine.InspectAsync("containers/" + Container(service))).GetProperty("State");

    /// <summary>Kills a container's process from outside, as a crash or the kernel's memory killer would.</summary>
    public async Task CrashAsync(string service)
    {
        using var process = Process.GetProcessById(await PidAsync(service));
        process.Kill();
    }

    /// <summary>Waits until a container runs in another process than before.</summary>
    public Task ComesBackAsync(string service, int oldPid) =>
        WaitAsync(async () => await PidAsync(service) is var pid && pid != 0 && pid != oldPid, $"{service} comes back");

    /// <summary>Waits for a condition that a container brings about.</summary>
    public async Task WaitAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"Waited in vain until {what}.\n{await ComposeAsync("logs", "--tail", "20")}");
            await Task.Delay(100);
        }
    }

    /// <summary>Whether nginx serves pixels and the guard takes connections.</summary>
    public async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await Client.GetAsync(new Uri("/robots.txt", UriKind.Relative));
            return answer.StatusCode == HttpStatusCode.OK && (await UnixHttp.SendAsync(GuardSocket, "GET / HTTP/1.0\r\n\r\n")).Length > 0;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return false;
        }
    }

    private Command Compose(string[] arguments)
    {
        var command = new Command("docker-compose",
            ["-f", "docker-compose.yml", "-f", "tests/StatHub.EndToEnd/Docker/build-network.yml", "-p", Name, .. arguments]);
        var environment = command.Environment;
        foreach (var name in environment.Keys.Where(name => name.StartsWith("STATHUB_", StringComparison.Ordinal)).ToList())
            environment.Remove(name);
        environment["DOCKER_HOST"] = "unix://" + Engine.SocketPath;
        environment["DOCKER_CONFIG"] = Engine.Folder;
        // The builder that needs neither a plugin nor the docker command.
        environment["COMPOSE_DOCKER_CLI_BUILD"] = "0";
        environment["STATHUB_DOCKER_SOCKET"] = Engine.SocketPath;
        environment["STATHUB_NGINX_CONTAINER"] = NginxContainer;
        environment["STATHUB_PORT"] = _port.ToString(CultureInfo.InvariantCulture);
        // Cuts come when a test asks for one.
        environment["STATHUB_CUT_INTERVAL"] = "01:00:00";
        environment["STATHUB_PUBLIC_URL"] = Client.BaseAddress!.ToString();
        return command;
    }
}

[CollectionDefinition(Name)]
public sealed class DockerTests : ICollectionFixture<ComposeProject>
{
    public const string Name = "Docker";
}
