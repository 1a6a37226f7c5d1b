using System.Diagnostics;
using System.Globalization;
using System.Text;
using StatHub.EndToEnd.Nginx;

namespace StatHub.EndToEnd.Deploy;

/// <summary>deploy/run.sh as a newcomer starts it, on free ports and a data folder with a space in its name.</summary>
public sealed class RunScript : IAsyncDisposable
{
    // The script builds first, on whatever machine this is.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly StringBuilder _output = new();
    private readonly Process _script;
    private readonly bool _ownsFolder;

    private RunScript(string dataFolder, bool ownsFolder, (string Name, string Value)[] settings)
    {
        DataFolder = dataFolder;
        _ownsFolder = ownsFolder;
        // Whoever runs the tests in the background has SIGINT ignored, which no script can undo.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Path.Combine(Checkout.Folder, "deploy", "run.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["STATHUB_DATA"] = dataFolder;
        start.Environment["STATHUB_PORT"] = Text(Port);
        start.Environment["STATHUB_API_PORT"] = Text(ApiPort);
        start.Environment["STATHUB_BUILD"] = "no";
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        _script = Process.Start(start)!;
        _script.OutputDataReceived += (_, line) => Add(line.Data);
        _script.ErrorDataReceived += (_, line) => Add(line.Data);
        _script.BeginOutputReadLine();
        _script.BeginErrorReadLine();
    }

    public string DataFolder { get; }

    public string JournalFolder => Path.Combine(DataFolder, "journal");

    public int Port { get; } = FreePort.Take();

    public int ApiPort { get; } = FreePort.Take();

    public int Pid => _script.Id;

    /// <summary>Both streams, line by line as they came.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>The script's children by the name of their program: nginx, dotnet.</summary>
    public int Child(string program) => Children(Pid).Single(pid => Name(pid) == program);

    /// <summary>The script and all below it, also those that have moved to groups of their own.</summary>
    public IReadOnlyList<int> Processes() => [Pid, .. Descendants(Pid)];

    public static RunScript Start(params (string Name, string Value)[] settings) =>
        new(Directory.CreateTempSubdirectory("stathub run ").FullName, ownsFolder: true, settings);

    public static RunScript StartIn(string dataFolder, params (string Name, string Value)[] settings) =>
        new(dataFolder, ownsFolder: false, settings);

    /// <summary>Waits until the curl lines are printed.</summary>
    public Task WaitForWelcomeAsync() => WaitAsync(() => Output.Contains("Ledger ", StringComparison.Ordinal), "the welcome");

    /// <summary>Waits until the script ends; its exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await _script.WaitForExitAsync(timeout.Token);
        return _script.ExitCode;
    }

    /// <summary>Waits until none of some processes is left.</summary>
    public Task WaitForEndAsync(IEnumerable<int> pids) => WaitAsync(() => !pids.Any(IsAlive), "the end of all processes", mayHaveEnded: true);

    public async ValueTask DisposeAsync()
    {
        if (!_script.HasExited)
        {
            await NginxServer.SignalAsync(Pid, "TERM");
            await WaitForExitAsync();
        }
        _script.Dispose();
        if (_ownsFolder)
            Directory.Delete(DataFolder, recursive: true);
    }

    /// <summary>Waits for a condition that the script or its children bring about.</summary>
    public async Task WaitAsync(Func<bool> condition, string what, bool mayHaveEnded = false)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience || (!mayHaveEnded && _script.HasExited))
                throw new TimeoutException($"Waited in vain for {what}. The script says: {Output}");
            await Task.Delay(50);
        }
    }

    private void Add(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }

    private static IEnumerable<int> Descendants(int pid) => Children(pid).SelectMany(child => Descendants(child).Prepend(child));

    private static List<int> Children(int pid) => [.. ReadOrEmpty($"/proc/{pid}/task/{pid}/children")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(child => int.Parse(child, CultureInfo.InvariantCulture))];

    private static string Name(int pid) => ReadOrEmpty($"/proc/{pid}/comm").Trim();

    // A process that ended and that nobody has asked about yet is a zombie, and no longer runs.
    private static bool IsAlive(int pid) => ReadOrEmpty($"/proc/{pid}/stat") is { Length: > 0 } stat
        && stat[stat.LastIndexOf(')') + 2] != 'Z';

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
