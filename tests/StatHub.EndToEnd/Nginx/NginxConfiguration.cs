using System.Diagnostics;
using System.Globalization;

namespace StatHub.EndToEnd.Nginx;

/// <summary>What nginx/render.sh makes of some settings, and what nginx says to it.</summary>
public sealed class NginxConfiguration
{
    private readonly (string Name, string Value)[] _settings;

    public NginxConfiguration(string dataFolder, int port, params (string Name, string Value)[] settings)
    {
        DataFolder = dataFolder;
        Port = port;
        _settings = settings;
        Directory.CreateDirectory(JournalFolder);
        Directory.CreateDirectory(NginxFolder);
    }

    /// <summary>nginx, which Debian keeps out of the path of ordinary users.</summary>
    public static string Program { get; } =
        new[] { "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx" }.FirstOrDefault(File.Exists) ?? "nginx";

    public static string RenderScript { get; } = Path.Combine(Checkout.Folder, "nginx", "render.sh");

    public string DataFolder { get; }

    public int Port { get; }

    public string JournalFolder => Path.Combine(DataFolder, "journal");

    public string NginxFolder => Path.Combine(DataFolder, "nginx");

    public string ConfigurationFile => Path.Combine(NginxFolder, "nginx.conf");

    public string ErrorLog => Path.Combine(NginxFolder, "error.log");

    /// <summary>nginx's own arguments, without which it opens files of the system.</summary>
    public IReadOnlyList<string> Arguments => ["-e", ErrorLog, "-p", NginxFolder, "-c", ConfigurationFile];

    /// <summary>Renders; throws what render.sh says when it refuses.</summary>
    public async Task RenderAsync()
    {
        var (exitCode, errors) = await TryRenderAsync();
        if (exitCode != 0)
            throw new InvalidOperationException(errors);
    }

    /// <summary>Runs render.sh; its exit code and what it wrote to standard error.</summary>
    public async Task<(int ExitCode, string Errors)> TryRenderAsync(string shell = "/bin/sh", params string[] shellArguments)
    {
        var start = new ProcessStartInfo(shell, [.. shellArguments, RenderScript, ConfigurationFile]);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("STATHUB_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["STATHUB_DATA"] = DataFolder;
        start.Environment["STATHUB_PORT"] = Port.ToString(CultureInfo.InvariantCulture);
        // Nobody listens on port 1; tests of the proxy name their own API.
        start.Environment["STATHUB_API"] = "127.0.0.1:1";
        start.Environment["STATHUB_WORKER_CONNECTIONS"] = "1024";
        foreach (var (name, value) in _settings)
            start.Environment[name] = value;
        return await RunAsync(start);
    }

    /// <summary>What <c>nginx -t</c> says to the rendered file.</summary>
    public Task<(int ExitCode, string Errors)> CheckAsync() =>
        RunAsync(new ProcessStartInfo(Program, [.. Arguments, "-t"]));

    private static async Task<(int ExitCode, string Errors)> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, errors);
    }
}
