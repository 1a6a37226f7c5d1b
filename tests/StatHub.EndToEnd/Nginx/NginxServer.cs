using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace StatHub.EndToEnd.Nginx;

/// <summary>
/// A real nginx with the shipped configuration, its workers, and a data folder with a space in its name. Settings are
/// the environment of nginx/render.sh: <c>StartAsync(("STATHUB_LAYOUT", "files"))</c>.
/// </summary>
public sealed class NginxServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly bool _ownsFolder;
    private Process? _master;

    private NginxServer(NginxConfiguration configuration, bool ownsFolder)
    {
        Configuration = configuration;
        _ownsFolder = ownsFolder;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Url };
    }

    public NginxConfiguration Configuration { get; }

    public string DataFolder => Configuration.DataFolder;

    public string JournalFolder => Configuration.JournalFolder;

    public string PidFile => Path.Combine(Configuration.NginxFolder, "nginx.pid");

    public int Port => Configuration.Port;

    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>A client of the public address.</summary>
    public HttpClient Client { get; }

    public int MasterPid => _master?.Id ?? throw new InvalidOperationException("nginx does not run.");

    /// <summary>The master's children; after a reload also old workers that still serve somebody.</summary>
    public IReadOnlyList<int> WorkerPids => [.. File.ReadAllText($"/proc/{MasterPid}/task/{MasterPid}/children")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];

    /// <summary>What nginx wrote to its error log.</summary>
    public string ErrorLog => File.Exists(Configuration.ErrorLog) ? File.ReadAllText(Configuration.ErrorLog) : "";

    /// <summary>Renders, starts and waits until nginx answers; everything goes away with the object.</summary>
    public static Task<NginxServer> StartAsync(params (string Name, string Value)[] settings) =>
        StartAsync(Directory.CreateTempSubdirectory("stathub edge ").FullName, ownsFolder: true, settings);

    /// <summary>The same in a folder that stays.</summary>
    public static Task<NginxServer> StartInAsync(string dataFolder, params (string Name, string Value)[] settings) =>
        StartAsync(dataFolder, ownsFolder: false, settings);

    /// <summary>Starts nginx again after <see cref="StopAsync"/> or the master's death.</summary>
    public async Task StartAgainAsync()
    {
        if (!await TryStartAsync("UTC"))
            throw new InvalidOperationException("nginx does not start again: " + ErrorLog);
    }

    /// <summary>Sends a signal to a process by its name: HUP, USR1, TERM, KILL.</summary>
    public static async Task SignalAsync(int pid, string signal)
    {
        // .NET sends no signal but SIGKILL, and P/Invoke lives in StatHub.Storage.
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -s {signal} {pid}"]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
            throw new InvalidOperationException($"kill -s {signal} {pid} failed.");
    }

    /// <summary>Makes nginx reopen its logs; workers follow some milliseconds later.</summary>
    public Task ReopenAsync() => SignalAsync(MasterPid, "USR1");

    /// <summary>Reloads the configuration and waits until the new workers are there.</summary>
    public async Task ReloadAsync()
    {
        var old = WorkerPids;
        await SignalAsync(MasterPid, "HUP");
        await WaitAsync(() => WorkerPids.Except(old).Any(), "new workers after a reload");
    }

    /// <summary>Kills every worker and waits until the master has replaced them.</summary>
    public async Task KillWorkersAsync(string signal)
    {
        var old = WorkerPids;
        foreach (var pid in old)
            await SignalAsync(pid, signal);
        await WaitAsync(() => WorkerPids is { Count: > 0 } now && !now.Intersect(old).Any(), "new workers in place of the killed");
    }

    /// <summary>All lines of the journal folder, file by file.</summary>
    public IReadOnlyList<JournalLine> Lines() => JournalLine.ReadFolder(JournalFolder);

    /// <summary>Waits until the journal has so many lines: nginx answers a moment before it writes.</summary>
    public async Task<IReadOnlyList<JournalLine>> LinesAsync(int count)
    {
        await WaitAsync(() => Lines().Count >= count, $"{count} lines in the journal");
        return Lines();
    }

    /// <summary>Waits for a condition that another process brings about.</summary>
    public async Task WaitAsync(Func<bool> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"Waited in vain for {what}. nginx says: {ErrorLog}");
            await Task.Delay(10);
        }
    }

    /// <summary>Stops nginx as the system would (TERM by default) and waits until it is gone.</summary>
    public async Task StopAsync(string signal = "TERM")
    {
        if (_master is null)
            return;
        if (!_master.HasExited)
        {
            await SignalAsync(_master.Id, signal);
            using var timeout = new CancellationTokenSource(Patience);
            await _master.WaitForExitAsync(timeout.Token);
        }
        _master.Dispose();
        _master = null;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        try
        {
            await StopAsync();
        }
        catch (OperationCanceledException)
        {
            _master!.Kill(entireProcessTree: true);
        }
        if (_ownsFolder)
            Directory.Delete(DataFolder, recursive: true);
    }

    private static async Task<NginxServer> StartAsync(string folder, bool ownsFolder, (string Name, string Value)[] settings)
    {
        for (var attempt = 1; ; attempt++)
        {
            // Somebody else may take a free port before nginx does.
            var configuration = new NginxConfiguration(folder, FreePort.Take(), settings);
            await configuration.RenderAsync();
            var server = new NginxServer(configuration, ownsFolder);
            if (await server.TryStartAsync(settings.FirstOrDefault(setting => setting.Name == "TZ").Value ?? "UTC"))
                return server;
            if (attempt == 5 || !server.ErrorLog.Contains("Address already in use", StringComparison.Ordinal))
                throw new InvalidOperationException("nginx does not start: " + server.ErrorLog);
            File.Delete(configuration.ErrorLog);
        }
    }

    private async Task<bool> TryStartAsync(string timeZone)
    {
        var start = new ProcessStartInfo(NginxConfiguration.Program, [.. Configuration.Arguments, "-g", "daemon off;"])
        {
            RedirectStandardInput = true,
        };
        start.Environment["TZ"] = timeZone;
        _master = Process.Start(start)!;
        await WaitAsync(() => _master.HasExited || Answers(), "nginx to answer");
        return !_master.HasExited;
    }

    private bool Answers()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Connect(IPAddress.Loopback, Port);
            // The port might be another's: it is ours once the master has workers.
            return WorkerPids.Count > 0;
        }
        catch (Exception problem) when (problem is SocketException or IOException)
        {
            return false;
        }
    }
}
