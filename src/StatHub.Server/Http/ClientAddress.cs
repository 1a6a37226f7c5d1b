using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace StatHub.Server.Http;

/// <summary>Who asks: the peer of the connection, or whom a trusted proxy names.</summary>
internal static class ClientAddress
{
    /// <summary>
    /// Makes <c>Connection.RemoteIpAddress</c> the address of the client. <c>X-Forwarded-For</c> is believed when it comes from a trusted proxy, or over a unix
    /// socket; of several addresses in it the last one is what that proxy saw.
    /// </summary>
    public static IApplicationBuilder UseClientAddress(this IApplicationBuilder app)
    {
        var trusted = AddressNetworks.Parse(app.ApplicationServices.GetRequiredService<IOptions<ProxyOptions>>().Value.Trusted);
        return app.Use(next => http =>
        {
            string? forwarded = http.Request.Headers["X-Forwarded-For"];
            if (forwarded is not null && (http.Connection.RemoteIpAddress is not { } peer || trusted.Contains(peer))
                && IPAddress.TryParse(forwarded.AsSpan(forwarded.LastIndexOf(',') + 1).Trim(), out var client))
                http.Connection.RemoteIpAddress = client;
            return next(http);
        });
    }

    /// <summary>The network of an address as logs have it: /24 of IPv4, /48 of IPv6.</summary>
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

    /// <summary>One client for limits: an IPv4 address, or a /64 of IPv6, which is what one client owns there.</summary>
    public static UInt128 Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            // As IPv6 writes it: ::ffff:192.0.2.7.
            bytes[10..12].Fill(0xff);
            address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
            if (!address.IsIPv4MappedToIPv6)
                bytes[8..].Clear();
        }
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
