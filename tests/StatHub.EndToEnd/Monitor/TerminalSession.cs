using System.Globalization;
using StatHub.EndToEnd.Docker;

namespace StatHub.EndToEnd.Monitor;

/// <summary>A real terminal of 80 columns and 24 lines, in a tmux of its own, with a shell in it.</summary>
internal sealed class TerminalSession : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _socket;

    private TerminalSession(string socket) => _socket = socket;

    /// <summary>Opens a terminal.</summary>
    /// <param name="folder">Where its socket is, and where its shell begins.</param>
    public static async Task<TerminalSession> StartAsync(string folder)
    {
        var session = new TerminalSession(Path.Combine(folder, "tmux"));
        await session.RunAsync("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "-c", folder, "env PS1='shell> ' bash --norc");
        return session;
    }

    /// <summary>What is on the screen.</summary>
    public async Task<string[]> ScreenAsync() => (await RunAsync("capture-pane", "-p")).Split('\n');

    /// <summary>Whether a program has the whole screen.</summary>
    public async Task<bool> IsTakenAsync() => (await RunAsync("display-message", "-p", "#{alternate_on}")).Trim() == "1";

    /// <summary>What the terminal is called, which escape sequences of programs change.</summary>
    public async Task<string> TitleAsync() => (await RunAsync("display-message", "-p", "#{pane_title}")).Trim();

    /// <summary>The process that has the terminal.</summary>
    public async Task<int> ForegroundAsync()
    {
        var terminal = (await RunAsync("display-message", "-p", "#{pane_tty}")).Trim();
        var processes = await new Command("ps", "-o", "tpgid=", "-t", terminal.Replace("/dev/", "", StringComparison.Ordinal)).RunAsync();
        return int.Parse(processes.Split('\n')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>Types keys, as tmux names them.</summary>
    public Task TypeAsync(params string[] keys) => RunAsync(["send-keys", .. keys]);

    /// <summary>Waits until the screen shows something.</summary>
    public async Task<string[]> UntilAsync(Func<string[], bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        var screen = await ScreenAsync();
        while (!condition(screen))
        {
            await Task.Delay(100, patience.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            if (patience.IsCancellationRequested)
                throw new TimeoutException("The screen stays:\n" + string.Join('\n', screen));
            screen = await ScreenAsync();
        }
        return screen;
    }

    public async ValueTask DisposeAsync() => await RunAsync("kill-server");

    private Task<string> RunAsync(params string[] arguments) => new Command("tmux", ["-S", _socket, .. arguments]).RunAsync();
}
