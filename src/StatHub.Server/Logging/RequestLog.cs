using System.Net;
using System.Net.Sockets;
using StatHub.Server.Http;

namespace StatHub.Server.Logging;

/// <summary>
/// One line for each request. It has the route's template instead of the address, so no key, no argument and no token
/// gets into it, and the client's network instead of the client.
/// </summary>
internal static partial class RequestLog
{
    /// <summary>The source of its lines.</summary>
    public const string Category = "StatHub.Requests";

    public static IApplicationBuilder UseRequestLog(this IApplicationBuilder app)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(Category);
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();
        return app.Use(next => async http =>
        {
            var start = time.GetTimestamp();
            try
            {
                await next(http);
            }
            finally
            {
                if (logger.IsEnabled(LogLevel.Information))
                    Log(logger, http, time.GetElapsedTime(start));
            }
        });
    }

    /// <summary>The network of an address: /24 of IPv4, /48 of IPv6.</summary>
    public static string Network(IPAddress? address)
    {
        if (address is null)
            return "local";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, address.AddressFamily == AddressFamily.InterNetwork ? 3 : 6, address.AddressFamily == AddressFamily.InterNetwork ? 1 : 10);
        return new IPAddress(bytes).ToString();
    }

    private static void Log(ILogger logger, HttpContext http, TimeSpan duration)
    {
        var method = http.Request.Method is { Length: <= 10 } name && name.All(char.IsAsciiLetterUpper) ? name : "other";
        var milliseconds = Math.Round(duration.TotalMilliseconds, 1);
        var client = Network(Client(http));
        if (http.RequestAborted.IsCancellationRequested)
            LogHangUp(logger, method, http.RouteTemplate(), milliseconds, client);
        else
            LogRequest(logger, method, http.RouteTemplate(), http.Response.StatusCode, milliseconds, client);
    }

    // nginx overwrites X-Forwarded-For; it is believed when it comes from this machine or its private network.
    private static IPAddress? Client(HttpContext http)
    {
        var peer = http.Connection.RemoteIpAddress;
        string? forwarded = http.Request.Headers["X-Forwarded-For"];
        return forwarded is not null && IsNear(peer) && IPAddress.TryParse(forwarded.AsSpan(forwarded.LastIndexOf(',') + 1).Trim(), out var client)
            ? client
            : peer;
    }

    private static bool IsNear(IPAddress? peer)
    {
        if (peer is null || IPAddress.IsLoopback(peer))
            return true;
        var bytes = (peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer).GetAddressBytes();
        return bytes.Length == 4
            ? bytes[0] == 10 || (bytes[0] == 172 && bytes[1] is >= 16 and < 32) || (bytes[0] == 192 && bytes[1] == 168)
            : peer.IsIPv6UniqueLocal;
    }

    [LoggerMessage(LogLevel.Information, "{Method} {Route} {Status} in {Milliseconds} ms from {Network}")]
    private static partial void LogRequest(ILogger logger, string method, string route, int status, double milliseconds, string network);

    [LoggerMessage(LogLevel.Information, "{Method} {Route} left by the client after {Milliseconds} ms, from {Network}")]
    private static partial void LogHangUp(ILogger logger, string method, string route, double milliseconds, string network);
}
