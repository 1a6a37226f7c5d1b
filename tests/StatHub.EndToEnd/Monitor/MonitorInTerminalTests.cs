using System.Globalization;
using StatHub.EndToEnd.Docker;

namespace StatHub.EndToEnd.Monitor;

/// <summary><c>stathub monitor</c> as people see it.</summary>
public sealed class MonitorInTerminalTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stathub-monitor-").FullName;
    private TerminalSession _terminal = null!;

    private static string Stathub =>
        Path.Combine(Checkout.Folder, "artifacts", "bin", "StatHub.Cli", new DirectoryInfo(AppContext.BaseDirectory).Name, "stathub");

    private string Log => Path.Combine(_folder, "access.log");

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Log, "");
        _terminal = await TerminalSession.StartAsync(_folder);
        await _terminal.TypeAsync("echo what was there before", "Enter");
        await _terminal.UntilAsync(screen => screen.Contains("what was there before"));
    }

    public async Task DisposeAsync()
    {
        await _terminal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Traffic_is_seen_alerts_and_recovers_and_keys_are_obeyed()
    {
        await StartAsync("--window", "4", "--threshold", "2", "--client-rate", "1000", "--interval", "2");
        Append(9, "/pages/a", "curl");

        var alert = await _terminal.UntilAsync(screen => screen.Any(line => line.Contains("High traffic: hits = 9", StringComparison.Ordinal)));
        alert.Should().Contain(line => line.StartsWith("/pages", StringComparison.Ordinal));
        await _terminal.UntilAsync(screen => screen.Any(line => line.Contains("High traffic alert recovered - hits = 0", StringComparison.Ordinal)));
        await _terminal.TypeAsync("p");
        await _terminal.UntilAsync(screen => screen[0].Contains("PAUSED", StringComparison.Ordinal));
        await _terminal.TypeAsync("?");
        await _terminal.UntilAsync(screen => screen.Any(line => line.StartsWith("  q        quit", StringComparison.Ordinal)));
        await _terminal.TypeAsync("q");

        await AssertRestoredAsync();
    }

    [Fact]
    public async Task What_clients_send_does_nothing_to_the_terminal()
    {
        var title = await _terminal.TitleAsync();
        await StartAsync("--interval", "1");
        Append(3, "/\\x1b]2;owned\\x07/x", "\\x1b[2J\\x1b[Hevil \\x1b]2;owned\\x07");
        await File.AppendAllTextAsync(Log, "\u001b[2J\u001b]2;owned\u0007 raw\n");

        var screen = await _terminal.UntilAsync(lines => lines.Any(line => line.StartsWith("\\x1b[2J\\x1b[Hevil", StringComparison.Ordinal)));

        screen[0].Should().StartWith(" stathub monitor");
        (await _terminal.TitleAsync()).Should().Be(title);
        await _terminal.TypeAsync("q");
        await AssertRestoredAsync();
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task The_terminal_is_as_before_after_a_signal(string signal)
    {
        await StartAsync();

        await new Command("kill", "-" + signal, (await _terminal.ForegroundAsync()).ToString(CultureInfo.InvariantCulture)).RunAsync();

        await AssertRestoredAsync();
    }

    [Fact]
    public async Task It_can_be_stopped_and_taken_up_again()
    {
        await StartAsync();
        await _terminal.TypeAsync("C-z");
        await AssertRestoredAsync();

        await _terminal.TypeAsync("fg", "Enter");

        await _terminal.UntilAsync(screen => screen[0].StartsWith(" stathub monitor", StringComparison.Ordinal));
        await _terminal.TypeAsync("q");
        await AssertRestoredAsync();
    }

    private async Task StartAsync(params string[] options)
    {
        await _terminal.TypeAsync($"'{Stathub}' monitor {string.Join(' ', options)} access.log", "Enter");
        await _terminal.UntilAsync(screen => screen[0].StartsWith(" stathub monitor", StringComparison.Ordinal));
    }

    private void Append(int times, string target, string agent)
    {
        var line = string.Create(CultureInfo.InvariantCulture,
            $"10.0.0.1 - - [{TimeProvider.System.GetUtcNow():dd/MMM/yyyy:HH:mm:ss} +0000] \"GET {target} HTTP/1.1\" 200 100 \"-\" \"{agent}\"\n");
        File.AppendAllText(Log, string.Concat(Enumerable.Repeat(line, times)));
    }

    private async Task AssertRestoredAsync()
    {
        // What is typed before the shell waits again may be thrown away.
        await _terminal.UntilAsync(screen => screen.Contains("what was there before") && screen.LastOrDefault(line => line.Length > 0)?.TrimEnd() == "shell>");
        (await _terminal.IsTakenAsync()).Should().BeFalse();
        // What is typed is seen again, and a newline is one.
        await _terminal.TypeAsync("echo back again", "Enter");
        await _terminal.UntilAsync(screen => screen.Contains("shell> echo back again") && screen.Contains("back again"));
    }
}
