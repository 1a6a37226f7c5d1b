using System.Net;
using System.Net.Sockets;

namespace StatHub.Server.Alerts;

/// <summary>Connects to receivers, where they may be connected to.</summary>
internal static class ReceiverConnection
{
    /// <summary>What sends to receivers: no redirects, no proxy, no cookies, and of an answer nothing but its head.</summary>
    public static SocketsHttpHandler Handler(bool allowPrivate) => new()
    {
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, allowPrivate, cancellationToken),
        // A try that was given up must not go on for ever.
        ConnectTimeout = TimeSpan.FromSeconds(10),
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 16 * 1024,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        // A name is looked up again before long.
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
    };

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool allowPrivate, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        var allowed = addresses.Where(address => allowPrivate || AddressGuard.IsPublic(address)).ToArray();
        if (allowed.Length == 0)
            throw new ReceiverRefusedException(addresses.Length == 0 ? "The name has no address." : "The address is not one of the internet.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // The addresses that were looked at, and not the name once more.
            await socket.ConnectAsync(allowed, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A receiver is where none may be.</summary>
internal sealed class ReceiverRefusedException(string message) : IOException(message);
