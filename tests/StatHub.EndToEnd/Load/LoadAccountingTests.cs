using System.Net;
using System.Net.Sockets;
using System.Text;
using StatHub.Load;

namespace StatHub.EndToEnd.Load;

/// <summary>Servers that misbehave: every request still has exactly one outcome.</summary>
public sealed class LoadAccountingTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task Without_a_server_every_request_stays_unsent()
    {
        var report = await RunAsync(CountingNginx.FreeEndPoint(), 50, TimeSpan.FromMilliseconds(50));

        report.Unsent.Should().Be(50);
        report.ConnectFailures.Should().BePositive();
        (report.Answered + report.Unanswered + report.ConnectionsOpened).Should().Be(0);
    }

    [Fact]
    public async Task A_connection_that_dies_inside_an_answer_leaves_its_request_unanswered()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        var report = await RunAsync(server, 10, Answer[..^1], closes: true);

        report.Unanswered.Should().Be(10);
        report.ConnectionsOpened.Should().Be(10);
    }

    [Fact]
    public async Task An_answer_that_comes_byte_by_byte_is_one_answer()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        var report = await RunAsync(server, 3, Answer, closes: false, bytesPerWrite: 1);

        report.Answered200.Should().Be(3);
        report.ConnectionsOpened.Should().Be(1);
    }

    [Fact]
    public async Task An_answer_without_a_length_ends_with_its_connection()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        var report = await RunAsync(server, 5, "HTTP/1.0 503 Busy\r\n\r\n", closes: true);

        report.AnsweredOther.Should().Be(5);
        report.Statuses.Should().ContainKey(503).WhoseValue.Should().Be(5);
    }

    [Fact]
    public async Task What_is_no_answer_leaves_its_request_unanswered()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        var report = await RunAsync(server, 5, "SSH-2.0-nothing here\r\n\r\n", closes: true);

        report.Unanswered.Should().Be(5);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        var report = await RunAsync(server, 2, "", closes: false, answerTimeout: TimeSpan.FromMilliseconds(500));

        report.Unanswered.Should().Be(2);
    }

    private static async Task<LoadReport> RunAsync(
        TcpListener server, long requests, string answer, bool closes, int bytesPerWrite = 1000, TimeSpan? answerTimeout = null)
    {
        server.Start();
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(server, answer, closes, bytesPerWrite, stop.Token);
        var report = await RunAsync((IPEndPoint)server.LocalEndpoint, requests, TimeSpan.FromSeconds(10), answerTimeout);
        await stop.CancelAsync();
        await serving;
        return report;
    }

    private static async Task<LoadReport> RunAsync(IPEndPoint server, long requests, TimeSpan connectPatience, TimeSpan? answerTimeout = null)
    {
        using var run = new LoadRun(new LoadPlan
        {
            Server = server,
            Requests = requests,
            Connections = 1,
            AnswerTimeout = answerTimeout ?? TimeSpan.FromSeconds(30),
            ConnectPatience = connectPatience,
        });
        return await run.RunAsync(CancellationToken.None);
    }

    private static async Task ServeAsync(
        TcpListener server, string answer, bool closes, int bytesPerWrite, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var socket = await server.AcceptSocketAsync(cancellationToken);
                await AnswerAsync(socket, Encoding.ASCII.GetBytes(answer), closes, bytesPerWrite, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // One connection with depth 1: what one read returns is one request.
    private static async Task AnswerAsync(
        Socket socket, byte[] answer, bool closes, int bytesPerWrite, CancellationToken cancellationToken)
    {
        socket.NoDelay = true;
        var request = new byte[4096];
        while (await socket.ReceiveAsync(request, cancellationToken) > 0)
        {
            foreach (var part in answer.Chunk(bytesPerWrite))
                await socket.SendAsync(part, cancellationToken);
            if (closes)
                return;
        }
    }
}
