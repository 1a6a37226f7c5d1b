using System.Net;
using System.Net.Sockets;

namespace StatHub.Server.Http;

/// <summary>Networks of addresses, as a setting names them: <c>127.0.0.0/8 ::1 192.0.2.7</c>.</summary>
internal sealed class AddressNetworks
{
    private readonly IPNetwork[] _networks;

    private AddressNetworks(IPNetwork[] networks) => _networks = networks;

    /// <summary>Reads them, with spaces between.</summary>
    public static bool TryParse(string? text, out AddressNetworks networks)
    {
        var parts = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var read = new IPNetwork[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryParsePart(parts[i], out read[i]))
            {
                networks = new AddressNetworks([]);
                return false;
            }
        }
        networks = new AddressNetworks(read);
        return true;
    }

    /// <summary>Reads what was checked before.</summary>
    /// <exception cref="FormatException">It is no list of networks.</exception>
    public static AddressNetworks Parse(string? text) =>
        TryParse(text, out var networks) ? networks : throw new FormatException($"'{text}' is no list of networks.");

    public bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        foreach (var network in _networks)
        {
            if (network.Contains(address))
                return true;
        }
        return false;
    }

    private static bool TryParsePart(string text, out IPNetwork network)
    {
        if (text.Contains('/'))
            return IPNetwork.TryParse(text, out network);
        var isAddress = IPAddress.TryParse(text, out var address);
        network = isAddress ? new IPNetwork(address!, address!.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) : default;
        return isAddress;
    }
}
