using System.Net;
using System.Net.Sockets;

namespace StatHub.EndToEnd;

/// <summary>Ports for servers that a test starts.</summary>
internal static class FreePort
{
    // Below those that connections of other tests get, so that nobody takes one before the server does.
    private const int First = 20_000;
    private const int Count = 12_000;

    private static int _next = Environment.ProcessId;

    /// <summary>A port that nobody listens on at the moment, another one each time.</summary>
    public static int Take()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }
    }
}
