using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace StatHub.EndToEnd.Docker;

/// <summary>
/// A Docker Engine of its own: socket, data and network are private, so that it neither sees nor disturbs an engine that
/// the machine has already. It ends with the tests, even when they are killed.
/// </summary>
public sealed class DockerEngine : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stathub-docker-");
    private readonly HttpClient _http;
    private readonly StreamWriter _log;
    private Process? _process;

    private DockerEngine()
    {
        _http = UnixHttp.Client(SocketPath);
        _http.Timeout = Timeout.InfiniteTimeSpan;
        _log = new StreamWriter(Path.Combine(_folder.FullName, "dockerd.log"));
    }

    public string SocketPath => Path.Combine(_folder.FullName, "docker.sock");

    /// <summary>A folder for files of the tests; gone with the engine.</summary>
    public string Folder => _folder.FullName;

    public static async Task<DockerEngine> StartAsync()
    {
        var engine = new DockerEngine();
        try
        {
            engine.Start();
            await engine.WaitUntilItAnswersAsync();
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where a named volume's files are on this machine.</summary>
    public string VolumeFolder(string volume) => Path.Combine(_folder.FullName, "data", "volumes", volume, "_data");

    /// <summary>What the engine knows of a container or an image.</summary>
    public async Task<JsonElement> InspectAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri($"http://docker/{path}/json"));
        answer.EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        return document.RootElement.Clone();
    }

    /// <summary>Sends a signal to a container, past the guard.</summary>
    public async Task SignalAsync(string container, string signal)
    {
        using var answer = await _http.PostAsync(new Uri($"http://docker/containers/{container}/kill?signal={signal}"), content: null);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>
    /// What happened to containers since an instant, as <c>action name</c>; without what the engine does by itself for
    /// its health checks.
    /// </summary>
    public async Task<IReadOnlyList<string>> EventsSinceAsync(DateTimeOffset since)
    {
        var lines = await _http.GetStringAsync(new Uri($"http://docker/events?since={Timestamp(since)}&until={Timestamp(TimeProvider.System.GetUtcNow())}"));
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Event).OfType<string>()];
    }

    /// <summary>Makes an image of one layer from a tar archive.</summary>
    public async Task ImportAsync(string image, Stream tar, params string[] changes)
    {
        var (name, tag) = (image[..image.LastIndexOf(':')], image[(image.LastIndexOf(':') + 1)..]);
        var query = string.Concat(changes.Select(change => "&changes=" + Uri.EscapeDataString(change)));
        using var content = new StreamContent(tar);
        using var answer = await _http.PostAsync(
            new Uri($"http://docker/images/create?fromSrc=-&repo={Uri.EscapeDataString(name)}&tag={tag}{query}"), content);
        var said = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode || said.Contains("\"error\"", StringComparison.Ordinal))
            throw new InvalidOperationException($"The image {image} could not be made: {said}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        _http.Dispose();
        await _log.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private void Start()
    {
        // A mount namespace of its own: whatever is mounted goes away with the last process. The shell ends the engine when
        // its input ends, which it also does when the tests are killed.
        var start = new ProcessStartInfo("unshare", ["--mount", "--propagation", "private", "/bin/sh", "-c",
            """dockerd "$@" & engine=$!; cat >/dev/null; kill -TERM $engine; wait $engine""", "dockerd", .. Arguments()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Debian keeps dockerd, containerd's helpers and iptables out of the path of ordinary users.
        start.Environment["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Log(line.Data);
        _process.ErrorDataReceived += (_, line) => Log(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private string[] Arguments() =>
    [
        "--host", "unix://" + SocketPath,
        "--data-root", Path.Combine(_folder.FullName, "data"),
        "--exec-root", Path.Combine(_folder.FullName, "exec"),
        "--pidfile", Path.Combine(_folder.FullName, "docker.pid"),
        // It leaves the machine's firewall and routing alone: ports are published by a proxy process on 127.0.0.1, and
        // containers reach each other only.
        "--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-masq=false", "--ip-forward=false",
        "--default-address-pool", $"base=10.{RandomNumberGenerator.GetInt32(64, 255)}.{RandomNumberGenerator.GetInt32(256)}.0/24,size=27",
        "--ip", "127.0.0.1",
    ];

    private void Log(string? line)
    {
        if (line is null)
            return;
        lock (_log)
        {
            _log.WriteLine(line);
            _log.Flush();
        }
    }

    private async Task WaitUntilItAnswersAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await AnswersAsync())
        {
            if (_process!.HasExited || TimeProvider.System.GetElapsedTime(started) > Patience)
                throw new InvalidOperationException("dockerd does not run; it needs root. It says:\n" + LogEnd());
            await Task.Delay(100);
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("http://docker/_ping"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException)
        {
            return false;
        }
    }

    private string LogEnd()
    {
        using var file = new FileStream(Path.Combine(_folder.FullName, "dockerd.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return string.Join('\n', reader.ReadToEnd().Split('\n').TakeLast(15));
    }

    // Seconds of 1970 and nanoseconds: the one form of an instant that the engine takes with a fraction.
    private static string Timestamp(DateTimeOffset instant)
    {
        var ticks = (instant - DateTimeOffset.UnixEpoch).Ticks;
        return string.Create(
            CultureInfo.InvariantCulture, $"{ticks / TimeSpan.TicksPerSecond}.{ticks % TimeSpan.TicksPerSecond * 100:000000000}");
    }

    private static string? Event(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var action = root.GetProperty("Action").GetString()!;
        if (action.StartsWith("exec_", StringComparison.Ordinal) || action.StartsWith("health_status", StringComparison.Ordinal))
            return null;
        var attributes = root.GetProperty("Actor").GetProperty("Attributes");
        var name = attributes.TryGetProperty("name", out var value) ? value.GetString() : "";
        return attributes.TryGetProperty("signal", out var signal) ? $"{action} {name} {signal.GetString()}" : $"{action} {name}";
    }
}
