using System.Buffers;

namespace StatHub.Core.Logs.Ringserver;

/// <summary>
/// Names of streams: <c>FR_SURF_00_HHZ/MSEED</c>, and from ringserver 4 on <c>FDSN:FR_SURF_00_H_H_Z/MSEED</c>
/// (https://docs.fdsn.org/projects/source-identifiers). Any part but the station may be empty. An instance keeps the channel that it read last.
/// </summary>
internal sealed class StreamName
{
    private const int MostPartBytes = 32;

    private static readonly SearchValues<byte> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);

    private readonly byte[] _channel = new byte[3];

    /// <summary>Finds network, station, location and channel; false for what is no name of a stream.</summary>
    public bool TryRead(ReadOnlySpan<byte> name, ref StreamTransfer transfer)
    {
        transfer.Stream = name;
        var id = name.StartsWith("FDSN:"u8) ? name[5..] : name;
        if (id.IndexOf((byte)'/') is >= 0 and var slash)
            id = id[..slash];
        if (!TryTake(ref id, out transfer.Network) || !TryTake(ref id, out transfer.Station) || !TryTake(ref id, out transfer.Location))
            return false;
        return !transfer.Station.IsEmpty && TryReadChannel(id, out transfer.Channel);
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> id, out ReadOnlySpan<byte> part)
    {
        var end = id.IndexOf((byte)'_');
        part = end < 0 ? default : id[..end];
        if (end >= 0)
            id = id[(end + 1)..];
        return end >= 0 && IsPart(part);
    }

    /// <summary>One part, or band, source and subsource: of one letter each they are the channel's short form, so that both generations say the same.</summary>
    private bool TryReadChannel(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> channel)
    {
        channel = text;
        var band = text.IndexOf((byte)'_');
        if (band < 0)
            return IsPart(text);
        var rest = text[(band + 1)..];
        var source = rest.IndexOf((byte)'_');
        if (source < 0 || !IsPart(text[..band]) || !IsPart(rest[..source]) || !IsPart(rest[(source + 1)..]))
            return false;
        if (band == 1 && source == 1 && rest.Length == 3)
        {
            (_channel[0], _channel[1], _channel[2]) = (text[0], rest[0], rest[2]);
            channel = _channel;
        }
        return true;
    }

    private static bool IsPart(ReadOnlySpan<byte> text) => text.Length <= MostPartBytes && !text.ContainsAnyExcept(Characters);
}
