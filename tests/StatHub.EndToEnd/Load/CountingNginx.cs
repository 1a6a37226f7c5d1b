using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace StatHub.EndToEnd.Load;

/// <summary>
/// A real nginx that answers a pixel and logs <c>tenant key number status</c> of every request without a buffer: what it
/// logged is what it answered.
/// </summary>
public sealed class CountingNginx : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stathub-load-").FullName;
    private readonly Process _master;

    private CountingNginx(int workers, string extra, string http)
    {
        Server = FreeEndPoint();
        Directory.CreateDirectory(Path.Combine(_folder, "tmp"));
        File.WriteAllText(ConfigurationPath, Configuration(workers, extra, http));
        _master = Start("-g", "daemon off;");
    }

    public IPEndPoint Server { get; }

    public string LogPath => Path.Combine(_folder, "hits.log");

    private string ConfigurationPath => Path.Combine(_folder, "nginx.conf");

    public static async Task<CountingNginx> StartAsync(int workers = 1, string extra = "", string http = "")
    {
        var nginx = new CountingNginx(workers, extra, http);
        await WaitUntilAsync(() => nginx._master.HasExited || nginx.Accepts());
        if (nginx._master.HasExited)
            throw new InvalidOperationException(File.ReadAllText(Path.Combine(nginx._folder, "error.log")));
        return nginx;
    }

    /// <summary>A free port of the loopback interface; somebody else may take it later.</summary>
    public static IPEndPoint FreeEndPoint()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)probe.LocalEndPoint!;
    }

    /// <summary>
    /// What was logged, by line: tenant, key, number and status. nginx answers a moment before it logs, so it is ended
    /// first.
    /// </summary>
    public async Task<IReadOnlyList<LoggedRequest>> EndAndReadLogAsync()
    {
        await EndAsync();
        return [.. File.ReadLines(LogPath).Select(LoggedRequest.Parse)];
    }

    /// <summary>Graceful reload; returns when every old worker is replaced.</summary>
    public async Task ReloadAsync()
    {
        var before = Workers();
        using (var signal = Start("-s", "reload"))
            await signal.WaitForExitAsync();
        await WaitUntilAsync(() => Workers() is { Count: > 0 } now && !now.Overlaps(before));
    }

    /// <summary>Signals one worker with <c>TERM</c> or <c>KILL</c>; returns when the master has replaced it.</summary>
    public async Task EndWorkerAsync(string signal)
    {
        var victim = Workers().First();
        using (var kill = Process.Start("kill", [$"-{signal}", victim.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await WaitUntilAsync(() => Workers() is { Count: > 0 } now && !now.Contains(victim));
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _master.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task EndAsync()
    {
        if (_master.HasExited)
            return;
        using (var stop = Start("-s", "quit"))
            await stop.WaitForExitAsync();
        await _master.WaitForExitAsync();
    }

    private HashSet<int> Workers()
    {
        var children = File.ReadAllText($"/proc/{_master.Id}/task/{_master.Id}/children");
        return [.. children.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];
    }

    private bool Accepts()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(Server);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token);
    }

    private Process Start(params string[] arguments) => Process.Start(
        "nginx", ["-e", Path.Combine(_folder, "error.log"), "-p", _folder, "-c", ConfigurationPath, .. arguments]);

    private string Configuration(int workers, string extra, string http) => $$"""
        worker_processes {{workers}};
        pid nginx.pid;
        error_log error.log;
        user {{Environment.UserName}};
        events { worker_connections 512; }
        http {
          client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
          log_format counted escape=none '$tenant $key $arg_n $status';
          access_log off;
          {{http}}
          server {
            listen {{Server}};
            {{extra}}
            location ~ "^/p/(?<tenant>[a-z0-9]{1,32})/(?<key>[^/ ]{1,128})\z" {
              access_log hits.log counted;
              error_page 405 = @beacon;
              empty_gif;
            }
            location @beacon { access_log hits.log counted; return 204; }
          }
        }
        """;
}

/// <summary>One line of <see cref="CountingNginx"/>'s log.</summary>
public sealed record LoggedRequest(string Tenant, string Key, long Number, int Status)
{
    public static LoggedRequest Parse(string line)
    {
        var fields = line.Split(' ');
        return new LoggedRequest(fields[0], fields[1], long.Parse(fields[2], CultureInfo.InvariantCulture),
            int.Parse(fields[3], CultureInfo.InvariantCulture));
    }
}
