using System.Buffers;
using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Countries;

namespace StatHub.Core.Logs.Ringserver;

/// <summary>
/// The dimensions of a stream as the arguments of a journal line: <c>d.network=FR&amp;d.station=SURF&amp;…</c>. City and geohash are those of the address when the log
/// is imported. What is empty is left out. Not for several threads.
/// </summary>
/// <param name="countries">Where cities and coordinates come from.</param>
/// <param name="hash">Makes hashes of host names.</param>
public sealed class TransferArgs(CountrySource? countries, HostHash hash)
{
    private readonly ArrayBufferWriter<byte> _args = new();

    // Streams of one client stand together.
    private byte[] _address = [];
    private byte[] _host = [];
    private Place? _place;
    private byte[] _geohash = [];
    private byte[] _hash = [];

    /// <summary>Writes the arguments; valid until the next ones are written.</summary>
    public ReadOnlySpan<byte> Write(in LogEntry entry)
    {
        FindClient(entry);
        _args.ResetWrittenCount();
        Add("d.network="u8, entry.Transfer.Network);
        Add("d.station="u8, entry.Transfer.Station);
        Add("d.location="u8, entry.Transfer.Location);
        Add("d.channel="u8, entry.Transfer.Channel);
        Add("d.direction="u8, entry.Transfer.Direction);
        Add("d.agent="u8, entry.Transfer.Agent);
        Add("d.city="u8, _place is { } place ? place.City.Span : []);
        Add("d.geohash="u8, _geohash);
        Add("d.hosthash="u8, _hash);
        return _args.WrittenSpan;
    }

    private void FindClient(in LogEntry entry)
    {
        if (!entry.Client.SequenceEqual(_address))
        {
            _address = entry.Client.ToArray();
            _place = countries?.Database is { } database && database.TryFindPlace(_address, out var place) ? place : null;
            _geohash = _place is { Coordinates: { } at } ? Encoding.ASCII.GetBytes(Geohash.Of(at.Latitude, at.Longitude)) : [];
        }
        if (!entry.Transfer.Host.SequenceEqual(_host))
        {
            _host = entry.Transfer.Host.ToArray();
            _hash = _host.Length > 0 ? Encoding.ASCII.GetBytes(hash.Of(_host)) : [];
        }
    }

    private void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return;
        if (_args.WrittenCount > 0)
            _args.Write("&"u8);
        _args.Write(name);
        // More than a dimension has is of no use.
        value = value[..Math.Min(value.Length, 2 * DimensionText.MaxBytes)];
        var target = _args.GetSpan(3 * value.Length);
        var length = 0;
        foreach (var octet in value)
            length += Encode(octet, target[length..]);
        _args.Advance(length);
    }

    private static int Encode(byte octet, Span<byte> target)
    {
        target[0] = octet;
        if (char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'-' or (byte)'.' or (byte)'_')
            return 1;
        (target[0], target[1], target[2]) = ((byte)'%', "0123456789ABCDEF"u8[octet >> 4], "0123456789ABCDEF"u8[octet & 15]);
        return 3;
    }
}
