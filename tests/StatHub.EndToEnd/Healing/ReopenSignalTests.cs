using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using StatHub.EndToEnd.Nginx;

namespace StatHub.EndToEnd.Healing;

/// <summary>Ways to signal nginx that do not lead to it for a while, and an nginx that is not there.</summary>
public class ReopenSignalTests
{
    [Fact]
    public async Task Lines_are_counted_while_the_docker_socket_is_gone_and_cuts_heal_when_it_is_back()
    {
        await using var nginx = await NginxServer.StartAsync();
        var socket = Path.Combine(nginx.DataFolder, "docker.sock");
        await using var site = await LiveSite.StartAsync(
            nginx, ("StatHub__Nginx__Reopen", "docker"), ("StatHub__Nginx__DockerSocket", socket), ("StatHub__Nginx__Container", "edge"));

        await site.BrokenAsync($"There is no Docker socket {socket}");
        (await site.MetricAsync("stathub_journal_problems")).Should().BePositive();
        await site.CountsGoOnAsync();
        site.CutFiles.Should().ContainSingle("no further cut is made");

        LeaveSocketBehind(socket);
        await site.BrokenAsync($"Nobody listens on the Docker socket {socket}");
        await site.CountsGoOnAsync();
        File.Delete(socket);

        await using var docker = await EchoApi.StartOnSocketAsync(socket);
        docker.Handler = http => http.Response.WriteAsync("not the engine");
        await site.BrokenAsync("Docker answered 200 to the signal for container edge");
        docker.Handler = http => SignalAsync(http, nginx);
        await site.ReadyAsync();
        await site.CountsGoOnAsync();
        await site.ConservedAsync();
        await site.CutFilesAreRemovedAsync();
    }

    [Fact]
    public async Task A_stale_pid_file_is_named_and_nothing_but_nginx_is_signalled()
    {
        await using var nginx = await NginxServer.StartAsync();
        await using var site = await LiveSite.StartAsync(nginx);
        await site.CountsGoOnAsync();
        var right = await File.ReadAllTextAsync(nginx.PidFile);
        // A process that USR1 would end.
        using var sleeper = Process.Start("sleep", ["600"]);
        try
        {
            foreach (var (text, reason) in new[]
            {
                ($"{sleeper.Id}\n", $"process {sleeper.Id} is sleep, not nginx"),
                ($"{nginx.WorkerPids[0]}\n", "a worker of nginx and not its master"),
                ($"{await EndedAsync()}\n", "nginx is not running"),
                ("", $"The pid file {nginx.PidFile} is empty"),
                ("-1\n", $"The pid file {nginx.PidFile} has no process id in it"),
            })
            {
                await File.WriteAllTextAsync(nginx.PidFile, text);
                await site.BrokenAsync(reason);
                await site.CountsGoOnAsync();
                site.CutFiles.Should().ContainSingle("no further cut is made");
            }
            File.Delete(nginx.PidFile);
            await site.BrokenAsync($"There is no pid file {nginx.PidFile}");
            (await site.MetricAsync("stathub_journal_problems")).Should().BePositive();
            sleeper.HasExited.Should().BeFalse();

            await File.WriteAllTextAsync(nginx.PidFile, right);
            await site.ReadyAsync();
            await site.CountsGoOnAsync();
            await site.ConservedAsync();
            await site.CutFilesAreRemovedAsync();
        }
        finally
        {
            sleeper.Kill();
        }
    }

    [Theory]
    [InlineData("QUIT")]
    [InlineData("KILL")]
    public async Task An_nginx_that_is_down_raises_no_alarm_that_stays(string signal)
    {
        await using var nginx = await NginxServer.StartAsync();
        await using var site = await LiveSite.StartAsync(nginx);
        await site.CountsGoOnAsync();
        await site.Visitors.StopAsync();

        var workers = nginx.WorkerPids;
        await nginx.StopAsync(signal);
        // Workers outlive a master that was killed, and keep its port.
        foreach (var worker in signal == "KILL" ? workers : [])
            await NginxServer.SignalAsync(worker, "KILL");
        // Whatever a cut between the two said about the missing nginx, it has nothing to write to any more.
        await site.CutFilesAreRemovedAsync();
        await site.ReadyAsync();
        var hits = await site.Api.HitsAsync("demo") + await site.Api.HitsAsync("other");
        hits.Should().Be(site.Visitors.Accepted);

        await nginx.StartAgainAsync();
        site.Visitors.Start();
        await site.CountsGoOnAsync();
        await site.ReadyAsync();
        await site.ConservedAsync();
        await site.CutFilesAreRemovedAsync();
    }

    /// <summary>The socket of a Docker that was killed.</summary>
    private static void LeaveSocketBehind(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var bound = path + ".bound";
        listener.Bind(new UnixDomainSocketEndPoint(bound));
        // .NET removes the name that it bound when it closes the socket, and only that.
        File.Move(bound, path);
    }

    private static async Task<int> EndedAsync()
    {
        using var process = Process.Start("true");
        await process.WaitForExitAsync();
        return process.Id;
    }

    /// <summary>What the engine does with the one request that the guard lets through, for an nginx that is in no container.</summary>
    private static async Task SignalAsync(HttpContext http, NginxServer nginx)
    {
        var asked = $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}";
        if (asked == "POST /containers/edge/kill?signal=SIGUSR1")
            await NginxServer.SignalAsync(nginx.MasterPid, "USR1");
        http.Response.StatusCode = asked == "POST /containers/edge/kill?signal=SIGUSR1" ? StatusCodes.Status204NoContent : StatusCodes.Status403Forbidden;
    }
}
