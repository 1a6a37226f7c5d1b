using System.Net.Sockets;
using System.Text;

namespace StatHub.EndToEnd.Docker;

/// <summary>HTTP over a unix socket.</summary>
internal static class UnixHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static HttpClient Client(string socketPath) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
        UseProxy = false,
    });

    /// <summary>Sends bytes as they are and reads until the server closes, which the guard does after one answer.</summary>
    public static async Task<string> SendAsync(string socketPath, string request)
    {
        using var timeout = new CancellationTokenSource(Patience);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), timeout.Token);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request), timeout.Token);
        await using var stream = new NetworkStream(socket);
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, timeout.Token);
        }
        catch (IOException)
        {
            // A reset is an end, too: the server closed before it had read everything.
        }
        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
