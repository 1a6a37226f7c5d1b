using System.Net.Sockets;
using System.Text;

namespace StatHub.EndToEnd.Nginx;

/// <summary>Bytes to a port and back, for requests that no HTTP client would send.</summary>
public static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Sends text, one byte for each character, and reads until the server closes.</summary>
    /// <param name="port">Of the loopback address.</param>
    /// <param name="request">What to send.</param>
    /// <param name="isAll">Says by closing one direction that no more will come; nginx then gives up what it proxies.</param>
    public static async Task<string> SendAsync(int port, string request, bool isAll = false)
    {
        using var timeout = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, timeout.Token);
        var stream = client.GetStream();
        var answer = new MemoryStream();
        var reading = ReadAsync(stream, answer, timeout.Token);
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), timeout.Token);
            if (isAll)
                client.Client.Shutdown(SocketShutdown.Send);
        }
        catch (IOException)
        {
            // nginx closed before it had everything; what it answered is read all the same.
        }
        await reading;
        return Encoding.Latin1.GetString(answer.ToArray());
    }

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
