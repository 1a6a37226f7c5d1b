using System.Net.Sockets;
using System.Text;

namespace StatHub.EndToEnd.Nginx;

/// <summary>Bytes to a port and back, for requests that no HTTP client would send.</summary>
public static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Sends bytes, says that no more will come, and reads until the server closes.</summary>
    public static async Task<string> SendAsync(int port, ReadOnlyMemory<byte> request, string host = "127.0.0.1")
    {
        using var timeout = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, timeout.Token);
        var stream = client.GetStream();
        var answer = new MemoryStream();
        var reading = ReadAsync(stream, answer, timeout.Token);
        try
        {
            await stream.WriteAsync(request, timeout.Token);
            client.Client.Shutdown(SocketShutdown.Send);
        }
        catch (IOException)
        {
            // nginx closed before it had everything; what it answered is read all the same.
        }
        await reading;
        return Encoding.Latin1.GetString(answer.ToArray());
    }

    /// <summary>The same with text, one byte for each character.</summary>
    public static Task<string> SendAsync(int port, string request) => SendAsync(port, Encoding.Latin1.GetBytes(request));

    /// <summary>The status code of the first answer; 0 without a status line.</summary>
    public static int Status(string answer) =>
        answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && int.TryParse(answer.AsSpan(9, 3), out var status) ? status : 0;

    private static async Task ReadAsync(NetworkStream stream, MemoryStream answer, CancellationToken cancellationToken)
    {
        try
        {
            await stream.CopyToAsync(answer, cancellationToken);
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }
    }
}
