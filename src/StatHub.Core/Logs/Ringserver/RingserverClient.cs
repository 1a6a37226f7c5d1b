using System.Buffers;
using StatHub.Core.Dimensions.Countries;

namespace StatHub.Core.Logs.Ringserver;

/// <summary>Whose streams follow, when they were noted, and which way they went.</summary>
internal sealed record RingserverClient(long UnixMilliseconds, byte[] Host, byte[] Address, byte[] Mode, byte[] Agent, byte[] Direction)
{
    private const int MostHostBytes = 255;

    private static readonly SearchValues<byte> NoHost = SearchValues.Create([.. Enumerable.Range(0, 33).Select(octet => (byte)octet), .. "\"\\[]()<>\x7f"u8]);

    /// <summary>What is said of a stream by its client.</summary>
    public void Describe(scoped ref LogEntry entry)
    {
        entry.UnixMilliseconds = UnixMilliseconds;
        entry.Client = Address;
        entry.Transfer.Host = Host;
        entry.Transfer.Mode = Mode;
        entry.Transfer.Agent = Agent;
        entry.Transfer.Direction = Direction;
    }

    public static bool IsDirection(ReadOnlySpan<byte> text) => text.SequenceEqual("TX"u8) || text.SequenceEqual("RX"u8);

    /// <summary>A name without spaces, quotes and control characters; what a resolver gave is not looked at further.</summary>
    public static bool IsHost(ReadOnlySpan<byte> text) =>
        text.Length is > 0 and <= MostHostBytes && !text.ContainsAny(NoHost);

    /// <summary>An address without its zone; empty for what is none.</summary>
    public static ReadOnlySpan<byte> AddressOf(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf((byte)'%') is > 0 and var zone && text.Contains((byte)':'))
            text = text[..zone];
        Span<byte> address = stackalloc byte[AddressBytes.MaxBytes];
        return AddressBytes.TryParse(text, address, out _) ? text : [];
    }
}
