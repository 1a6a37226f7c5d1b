using System.Net;
using System.Net.Sockets;

namespace StatHub.Server.Alerts;

/// <summary>
/// Which addresses a receiver may have: those that everybody on the internet reaches. Whoever may write a rule must not reach with it what only this machine does. It is
/// asked of the address that is connected to, so it does not matter what a name meant a moment ago.
/// </summary>
internal static class AddressGuard
{
    // IANA's special-purpose registries, without what is globally reachable.
    private static readonly IPNetwork[] Refused =
    [
        .. ((string[])[
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Within 2000::/3: tunnels that carry an IPv4 address, and examples.
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]).Select(network => IPNetwork.Parse(network)),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Whether a receiver may have the address.</summary>
    public static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !IsRefused(address),
        // All else is private, link-local, multicast, or an IPv4 address in another dress.
        AddressFamily.InterNetworkV6 => !address.IsIPv4MappedToIPv6 && GlobalUnicast.Contains(address) && !IsRefused(address),
        _ => false,
    };

    private static bool IsRefused(IPAddress address) => Refused.Any(network => network.Contains(address));
}
