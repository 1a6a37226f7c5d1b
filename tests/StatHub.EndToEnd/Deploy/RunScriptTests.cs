using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StatHub.EndToEnd.Nginx;

namespace StatHub.EndToEnd.Deploy;

/// <summary>Builds as the script does, once for all tests of the class.</summary>
public sealed class BuiltServer : IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        await using var run = RunScript.Start(("STATHUB_BUILD", "yes"));
        await run.WaitForWelcomeAsync();
        run.Output.Should().StartWith("Building ...");
    }

    public Task DisposeAsync() => Task.CompletedTask;
}

public sealed class RunScriptTests : IClassFixture<BuiltServer>
{
    [Fact]
    public async Task It_prints_what_to_do_and_the_pixel_works()
    {
        await using var run = RunScript.Start();
        await run.WaitForWelcomeAsync();
        var pixel = $"http://127.0.0.1:{run.Port}/p/demo/home";
        using var client = new HttpClient();

        run.Output.Should().Contain(pixel).And.Contain("<img src=\"" + pixel).And.Contain("referrerpolicy=");
        (await client.GetAsync(pixel)).StatusCode.Should().Be(HttpStatusCode.OK);
        await run.WaitAsync(() => JournalLine.ReadFolder(run.JournalFolder).Any(line => line.Key == "home"), "a line in the journal");
    }

    [Fact]
    public async Task The_printed_lines_count_a_hit_when_pasted()
    {
        await using var run = RunScript.Start();
        await run.WaitForWelcomeAsync();

        await PasteAsync(run, "Hit");
        (await PasteAsync(run, "Count")).Should().Contain("\"hits\":1");
        (await PasteAsync(run, "Raw hits")).Should().StartWith("[").And.Contain("\"key\":\"home\"").And.EndWith("]");
        (await PasteAsync(run, "Ledger")).Should().Contain("\"lines\":1").And.Contain("\"counted\":1");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_stops_everything(string signal)
    {
        await using var run = RunScript.Start();
        await run.WaitForWelcomeAsync();
        var processes = run.Processes();
        await NginxServer.SignalAsync(run.Pid, signal);

        (await run.WaitForExitAsync()).Should().Be(0);
        await run.WaitForEndAsync(processes);
        processes.Count.Should().BeGreaterThan(3, "script, API, nginx and its workers ran");
    }

    [Theory]
    [InlineData("nginx", "nginx ended")]
    [InlineData("dotnet", "The API ended")]
    public async Task The_death_of_one_stops_the_other(string program, string message)
    {
        await using var run = RunScript.Start();
        await run.WaitForWelcomeAsync();
        var processes = run.Processes();
        await NginxServer.SignalAsync(run.Child(program), "KILL");

        (await run.WaitForExitAsync()).Should().Be(1);
        run.Output.Should().Contain(message);
        await run.WaitForEndAsync(processes);
    }

    [Fact]
    public async Task A_killed_script_leaves_no_process()
    {
        await using var run = RunScript.Start();
        await run.WaitForWelcomeAsync();
        var processes = run.Processes();
        await NginxServer.SignalAsync(run.Pid, "KILL");

        await run.WaitForEndAsync(processes);
    }

    [Fact]
    public async Task A_folder_that_another_copy_owns_is_refused_and_that_copy_goes_on()
    {
        await using var first = RunScript.Start();
        await first.WaitForWelcomeAsync();
        await using var second = RunScript.StartIn(first.DataFolder);

        (await second.WaitForExitAsync()).Should().Be(1);
        second.Output.Should().Contain("lock").And.Contain("nginx was not started");
        using var client = new HttpClient();
        (await client.GetAsync($"http://127.0.0.1:{first.Port}/p/demo/home")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Two_copies_run_side_by_side()
    {
        await using var first = RunScript.Start(("STATHUB_PREFIX", "one"));
        await using var second = RunScript.Start(("STATHUB_PREFIX", "two"), ("STATHUB_LAYOUT", "files"));
        await first.WaitForWelcomeAsync();
        await second.WaitForWelcomeAsync();
        using var client = new HttpClient();

        (await client.GetAsync($"http://127.0.0.1:{first.Port}/one/demo/home")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await client.GetAsync($"http://127.0.0.1:{second.Port}/two/demo/home")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("STATHUB_PORT")]
    [InlineData("STATHUB_API_PORT")]
    public async Task A_port_that_is_taken_is_named(string setting)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var run = RunScript.Start((setting, $"{port}"));

        (await run.WaitForExitAsync()).Should().Be(1);
        run.Output.Should().Contain($"Port {port} is taken").And.Contain($"{setting}=");
    }

    [Fact]
    public async Task Bad_settings_are_all_named_before_anything_is_built()
    {
        await using var run = RunScript.Start(
            ("STATHUB_PREFIX", "api"), ("STATHUB_LAYOUT", "x"), ("STATHUB_API_PORT", "x"), ("STATHUB_BUILD", "yes"));

        (await run.WaitForExitAsync()).Should().Be(1);
        run.Output.Should().Contain("STATHUB_PREFIX").And.Contain("STATHUB_LAYOUT").And.Contain("STATHUB_API_PORT").And.NotContain("Building");
    }

    /// <summary>Runs a printed line in a shell, as it stands.</summary>
    private static async Task<string> PasteAsync(RunScript run, string label)
    {
        var line = run.Output.Split('\n').Single(line => line.StartsWith(label + " ", StringComparison.Ordinal))[label.Length..].Trim();
        var start = new ProcessStartInfo("/bin/sh", ["-c", line.Replace("curl ", "curl -sS ", StringComparison.Ordinal)]) { RedirectStandardOutput = true };
        using var shell = Process.Start(start)!;
        var answer = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        shell.ExitCode.Should().Be(0);
        return answer.Trim();
    }
}
