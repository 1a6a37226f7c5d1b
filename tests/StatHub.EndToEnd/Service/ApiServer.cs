using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using StatHub.EndToEnd.Nginx;

namespace StatHub.EndToEnd.Service;

/// <summary>The real server as a process of its own, that can be killed and started again.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _dataFolder;
    private readonly IReadOnlyList<string> _command;
    private readonly Dictionary<string, string> _settings;
    private readonly StringBuilder _output = new();
    private Process? _process;

    private ApiServer(string dataFolder, int port, IReadOnlyList<string> command, IEnumerable<(string Name, string Value)> settings)
    {
        _command = command;
        _dataFolder = dataFolder;
        // A test's own setting comes after the usual one.
        _settings = settings.GroupBy(setting => setting.Name).ToDictionary(same => same.Key, same => same.Last().Value);
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(2) };
        Port = port;
    }

    public int Port { get; }

    /// <summary>A client with the admin token.</summary>
    public HttpClient Client { get; }

    public int Pid => _process!.Id;

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>What the process printed, over all its lives.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts the API that reads the journal of an nginx, with cuts every second and the tenants demo and other.</summary>
    public static Task<ApiServer> StartAsync(NginxServer nginx, params (string Name, string Value)[] settings) =>
        StartAsync(nginx, ["dotnet", ServerDll()], settings);

    /// <summary>The same by another command, which may make it another user's.</summary>
    public static Task<ApiServer> StartAsync(NginxServer nginx, IReadOnlyList<string> command, params (string Name, string Value)[] settings) => StartAsync(
        nginx.DataFolder,
        command,
        [("StatHub__Nginx__PidFile", nginx.PidFile), ("StatHub__Journal__CutInterval", "00:00:01"), .. settings]);

    /// <summary>Starts the API on a data folder.</summary>
    public static Task<ApiServer> StartAsync(string dataFolder, params (string Name, string Value)[] settings) =>
        StartAsync(dataFolder, ["dotnet", ServerDll()], settings);

    private static async Task<ApiServer> StartAsync(string dataFolder, IReadOnlyList<string> command, (string Name, string Value)[] settings)
    {
        var server = new ApiServer(
            dataFolder,
            FreePort.Take(),
            command,
            [("StatHub__Tenants__Register__0", "demo"), ("StatHub__Tenants__Register__1", "other"), .. settings]);
        await server.StartAgainAsync();
        return server;
    }

    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(_command[0], _command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        // It is started hundreds of times, and hardly ever long enough to be worth compiling for good at once.
        start.Environment["DOTNET_TC_QuickJit"] = "1";
        start.Environment["StatHub__DataPath"] = _dataFolder;
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Port}";
        foreach (var (name, value) in _settings)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitAsync(async () =>
        {
            if (_process.HasExited)
            {
                // It may have ended before all that it said is read.
                await _process.WaitForExitAsync();
                throw new InvalidOperationException("The API does not start: " + Output);
            }
            return await AnswersAsync();
        }, "the API to answer");
        var token = await File.ReadAllTextAsync(Path.Combine(_dataFolder, "admin.token"));
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
    }

    /// <summary>Ends the process at once, as the kernel or a power cut would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async Task<JsonElement> JsonAsync(string path)
    {
        using var answer = await Client.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>All hits of a tenant, once everything that is written is committed.</summary>
    public async Task<long> HitsAsync(string tenant)
    {
        JsonElement count = default;
        await WaitAsync(async () =>
        {
            count = await JsonAsync($"/api/v1/tenants/{tenant}/count?from=2000-01-01&fresh=true");
            return count.GetProperty("fresh").GetBoolean();
        }, "a fresh answer");
        return count.GetProperty("hits").GetInt64();
    }

    /// <summary>The hits of every key of a tenant.</summary>
    public async Task<Dictionary<string, long>> KeysAsync(string tenant)
    {
        var hits = new Dictionary<string, long>();
        for (var next = ""; next is not null;)
        {
            var page = await JsonAsync($"/api/v1/tenants/{tenant}/keys?limit=1000{next}");
            foreach (var key in page.GetProperty("keys").EnumerateArray())
                hits.Add(key.GetProperty("key").GetString()!, key.GetProperty("hits").GetInt64());
            next = page.GetProperty("next").GetString() is { } cursor ? "&cursor=" + Uri.EscapeDataString(cursor) : null;
        }
        return hits;
    }

    /// <summary>The whole ledger; fails when it does not balance.</summary>
    public async Task<Dictionary<string, long>> LedgerAsync()
    {
        var ledger = await JsonAsync("/api/v1/ledger?from=2000-01-01");
        var outcomes = ledger.GetProperty("rejected").EnumerateObject().ToDictionary(reason => reason.Name, reason => reason.Value.GetInt64());
        outcomes["counted"] = ledger.GetProperty("counted").GetInt64();
        ledger.GetProperty("lines").GetInt64().Should().Be(outcomes.Values.Sum(), "the ledger balances");
        return outcomes;
    }

    /// <summary>Waits for a condition that another process brings about.</summary>
    public async Task WaitAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"Waited in vain for {what}. The API says: {Output}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await KillAsync();
        Client.Dispose();
    }

    /// <summary>The server's build of the same configuration as these tests.</summary>
    public static string ServerDll()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        return Path.Combine(Checkout.Folder, "artifacts", "bin", "StatHub.Server", configuration, "StatHub.Server.dll");
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await Client.GetAsync("/healthcheck");
            return (int)answer.StatusCode is 200 or 401;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Note(string? line)
    {
        lock (_output)
            _output.AppendLine(CultureInfo.InvariantCulture, $"{line}");
    }
}
