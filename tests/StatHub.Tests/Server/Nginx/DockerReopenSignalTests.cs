using System.Net.Sockets;
using StatHub.Core.Nginx;
using StatHub.Server.Nginx;

namespace StatHub.Tests.Server.Nginx;

public sealed class DockerReopenSignalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stathub-");

    private string SocketPath => Path.Combine(_folder.FullName, "engine.sock");

    [Fact]
    public async Task The_signal_is_one_bodiless_request_for_usr1()
    {
        await using var engine = await EngineStandIn.StartAsync(SocketPath, EngineStandIn.Answer(204));
        using var signal = new DockerReopenSignal(SocketPath, "stathub-nginx");

        await signal.SendAsync(CancellationToken.None);

        engine.Requests.Should().Equal("POST /containers/stathub-nginx/kill?signal=SIGUSR1 0");
    }

    [Fact]
    public async Task Every_signal_is_sent_anew_after_the_engine_was_restarted()
    {
        using var signal = new DockerReopenSignal(SocketPath, "stathub-nginx");
        for (var start = 0; start < 3; start++)
        {
            File.Delete(SocketPath);
            await using var engine = await EngineStandIn.StartAsync(SocketPath, EngineStandIn.Answer(204));

            await signal.SendAsync(CancellationToken.None);

            engine.Requests.Should().ContainSingle();
        }
    }

    [Fact]
    public async Task A_socket_that_is_gone_is_named()
    {
        using var signal = new DockerReopenSignal(SocketPath, "stathub-nginx");

        (await FailureOf(signal)).Should().StartWith($"There is no Docker socket {SocketPath}");
    }

    [Fact]
    public async Task A_stale_socket_is_told_from_a_missing_one()
    {
        // As after kill -9. .NET removes the path that it was bound to when it closes a socket: so it is moved away first.
        using (var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            listener.Bind(new UnixDomainSocketEndPoint(SocketPath + ".bound"));
            File.Move(SocketPath + ".bound", SocketPath);
        }
        using var signal = new DockerReopenSignal(SocketPath, "stathub-nginx");

        (await FailureOf(signal)).Should().StartWith($"Nobody listens on the Docker socket {SocketPath}");
    }

    [Theory]
    [InlineData(404, """{"message":"No such container: stathub-nginx"}""", "Docker knows no container stathub-nginx: No such container: stathub-nginx")]
    [InlineData(409, """{"message":"Container 5a is not running"}""", "The container stathub-nginx is not running: Container 5a is not running")]
    [InlineData(403, "<html>403 Forbidden</html>", "The guard at * refused the signal: it is there for another container than stathub-nginx.")]
    [InlineData(502, "<html>502 Bad Gateway</html>", "The guard at * runs but cannot reach Docker: is Docker's own socket mounted into it?")]
    [InlineData(504, "", "The guard at * runs but cannot reach Docker: is Docker's own socket mounted into it?")]
    [InlineData(500, """{"message":"line one\nline two"}""", "Docker answered 500 to the signal for container stathub-nginx: line one line two")]
    [InlineData(500, "[1,2", "Docker answered 500 to the signal for container stathub-nginx: no message")]
    [InlineData(500, "null", "Docker answered 500 to the signal for container stathub-nginx: no message")]
    [InlineData(200, "<html>hello</html>", "Docker answered 200 to the signal for container stathub-nginx: no message")]
    [InlineData(301, "", "Docker answered 301 to the signal for container stathub-nginx: no message")]
    public async Task Every_refusal_is_explained(int status, string body, string explanation)
    {
        await using var engine = await EngineStandIn.StartAsync(SocketPath, EngineStandIn.Answer(status, body));
        using var signal = new DockerReopenSignal(SocketPath, "stathub-nginx");

        (await FailureOf(signal)).Should().Match(explanation);
    }

    [Fact]
    public async Task A_message_without_end_is_not_read_to_its_end()
    {
        await using var engine = await EngineStandIn.StartAsync(SocketPath, EngineStandIn.Answer(500, new string('x', 1 << 20)));
        using var signal = new DockerReopenSignal(SocketPath, "stathub-nginx");

        (await FailureOf(signal)).Should().StartWith($"The Docker Engine at {SocketPath} could not be asked");
    }

    [Fact]
    public async Task An_engine_that_hangs_is_given_up()
    {
        await using var engine = await EngineStandIn.StartAsync(
            SocketPath, context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var signal = new DockerReopenSignal(SocketPath, "stathub-nginx", TimeSpan.FromMilliseconds(200));

        (await FailureOf(signal)).Should().Be($"The Docker Engine at {SocketPath} did not answer within 0.2 s.");
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_its_own_cancellation()
    {
        await using var engine = await EngineStandIn.StartAsync(
            SocketPath, context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var signal = new DockerReopenSignal(SocketPath, "stathub-nginx");
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        var sending = () => signal.SendAsync(impatience.Token);

        await sending.Should().ThrowAsync<OperationCanceledException>();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<string> FailureOf(DockerReopenSignal signal)
    {
        var sending = () => signal.SendAsync(CancellationToken.None);
        return (await sending.Should().ThrowAsync<ReopenException>()).Which.Message;
    }
}
