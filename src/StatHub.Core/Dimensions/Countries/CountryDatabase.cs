using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace StatHub.Core.Dimensions.Countries;

/// <summary>
/// Countries by address, from a MaxMind DB file (format 2.0, https://maxmind.github.io/MaxMind-DB/): a binary tree over the
/// bits of addresses, whose leaves lead into a section of values. Safe to use from several threads.
/// </summary>
public sealed class CountryDatabase
{
    private const int SeparatorBytes = 16;
    private const int MetadataMostBytes = 128 * 1024;

    // Cities have a leaf each; a file of countries has a few hundred.
    private const int MostRemembered = 64 * 1024;

    private static readonly byte[]?[] Codes = new byte[26 * 26][];

    private readonly ReadOnlyMemory<byte> _file;
    private readonly int _nodes;
    private readonly int _nodeBytes;
    private readonly int _dataStart;
    private readonly int _dataEnd;
    private readonly bool _hasIPv6;
    private readonly int _ipv4Node;
    private readonly ConcurrentDictionary<int, byte[]> _byOffset = new();

    private CountryDatabase(ReadOnlyMemory<byte> file, int metadata, long nodes, long recordBits, long ipVersion, long buildEpoch, string type)
    {
        _file = file;
        _nodes = (int)nodes;
        _nodeBytes = (int)recordBits / 4;
        _dataStart = _nodes * _nodeBytes + SeparatorBytes;
        _dataEnd = metadata;
        _hasIPv6 = ipVersion == 6;
        Type = type;
        BuiltAt = DateTimeOffset.FromUnixTimeSeconds(buildEpoch);
        _ipv4Node = _hasIPv6 ? Follow(0, new byte[12]) : 0;
    }

    /// <summary>What the file calls itself, such as <c>GeoLite2-Country</c>.</summary>
    public string Type { get; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset BuiltAt { get; }

    // An IPv4 address on a socket of IPv6, ::ffff:0:0/96.
    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>Opens a file.</summary>
    /// <param name="file">All its bytes; they are read while the database is used.</param>
    /// <exception cref="InvalidDataException">It is no MaxMind DB file, or a broken one; the message says what is wrong.</exception>
    public static CountryDatabase Open(ReadOnlyMemory<byte> file)
    {
        ReadOnlySpan<byte> marker = [0xab, 0xcd, 0xef, .. "MaxMind.com"u8];
        var searched = Math.Max(0, file.Length - MetadataMostBytes);
        var found = file.Span[searched..].LastIndexOf(marker);
        if (found < 0)
            throw new InvalidDataException("This is no MaxMind DB file: it has no metadata at its end.");
        var metadata = searched + found;
        return Read(file, metadata, new MaxMindData(file.Span[(metadata + marker.Length)..]));
    }

    /// <summary>Whether any address has a country: a file may be of this format and hold cities or networks alone. Looks through all of it until it finds one.</summary>
    public bool HasCountries()
    {
        var seen = new HashSet<int>();
        for (var node = 0; node < _nodes; node++)
        {
            for (var side = 0; side < 2; side++)
            {
                var record = Record(_file.Span.Slice(node * _nodeBytes, _nodeBytes), side);
                if (record > _nodes && seen.Add(record) && ReadCode(record - _nodes - SeparatorBytes).Length > 0)
                    return true;
            }
        }
        return false;
    }

    /// <summary>Finds the country of an address.</summary>
    /// <param name="address">Its 4 or 16 bytes.</param>
    /// <param name="code">The ISO 3166-1 code, two upper-case letters in ASCII.</param>
    public bool TryFind(ReadOnlySpan<byte> address, out ReadOnlyMemory<byte> code)
    {
        code = default;
        if (!TryFindOffset(address, out var offset))
            return false;
        if (!_byOffset.TryGetValue(offset, out var found))
        {
            found = ReadCode(offset);
            if (_byOffset.Count < MostRemembered)
                _byOffset.TryAdd(offset, found);
        }
        code = found;
        return found.Length > 0;
    }

    /// <summary>Finds the country of an address that is written as text.</summary>
    public bool TryFindText(ReadOnlySpan<byte> text, out ReadOnlyMemory<byte> code)
    {
        Span<byte> address = stackalloc byte[AddressBytes.MaxBytes];
        code = default;
        return AddressBytes.TryParse(text, address, out var length) && TryFind(address[..length], out code);
    }

    /// <summary>Finds the place of an address that is written as text; a database of countries alone has none.</summary>
    public bool TryFindPlace(ReadOnlySpan<byte> text, [NotNullWhen(true)] out Place? place)
    {
        Span<byte> address = stackalloc byte[AddressBytes.MaxBytes];
        place = null;
        if (!AddressBytes.TryParse(text, address, out var length) || !TryFindOffset(address[..length], out var offset))
            return false;
        var data = new MaxMindData(_file.Span[_dataStart.._dataEnd]);
        place = Place.Read(data, data.Read(offset));
        return true;
    }

    /// <summary>Where the value of an address is.</summary>
    private bool TryFindOffset(ReadOnlySpan<byte> address, out int offset)
    {
        if (address.Length == 16 && address.StartsWith(MappedPrefix))
            address = address[12..];
        var record = address.Length switch
        {
            4 => Follow(_ipv4Node, address),
            16 when _hasIPv6 => Follow(0, address),
            _ => _nodes,
        };
        offset = record - _nodes - SeparatorBytes;
        return record > _nodes;
    }

    private static CountryDatabase Read(ReadOnlyMemory<byte> file, int metadata, MaxMindData data)
    {
        var map = data.Read(0);
        var nodes = data.Number(data.Member(map, "node_count"u8));
        var recordBits = data.Number(data.Member(map, "record_size"u8));
        var ipVersion = data.Number(data.Member(map, "ip_version"u8));
        var format = data.Number(data.Member(map, "binary_format_major_version"u8));
        var epoch = Math.Clamp(data.Number(data.Member(map, "build_epoch"u8)), 0, 253_402_300_799);
        if (format != 2)
            throw new InvalidDataException($"The MaxMind DB file has format {format}; format 2 is known.");
        if (recordBits is not (24 or 28 or 32) || ipVersion is not (4 or 6))
            throw new InvalidDataException($"The MaxMind DB file has records of {recordBits} bits for IPv{ipVersion}; 24, 28 and 32 bits for IPv4 and IPv6 are known.");
        if (nodes < 1 || nodes * (recordBits / 4) + SeparatorBytes > metadata)
            throw new InvalidDataException($"The MaxMind DB file is broken: it says that it has {nodes} nodes, and is too short for them.");
        return new CountryDatabase(file, metadata, nodes, recordBits, ipVersion, epoch, Encoding.UTF8.GetString(data.Text(data.Member(map, "database_type"u8))));
    }

    /// <summary>Goes from a node along the bits of an address; at most one node a bit.</summary>
    private int Follow(int node, ReadOnlySpan<byte> address)
    {
        var tree = _file.Span[..(_nodes * _nodeBytes)];
        foreach (var b in address)
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                if (node >= _nodes)
                    return node;
                node = Record(tree.Slice(node * _nodeBytes, _nodeBytes), (b >> bit) & 1);
            }
        }
        return node;
    }

    private static int Record(ReadOnlySpan<byte> node, int side)
    {
        var record = node.Length switch
        {
            6 => node[side * 3] << 16 | node[side * 3 + 1] << 8 | node[side * 3 + 2],
            // The byte in the middle has the highest four bits of both.
            7 => (side == 0 ? node[3] >> 4 : node[3] & 0xf) << 24 | node[side * 4] << 16 | node[side * 4 + 1] << 8 | node[side * 4 + 2],
            _ => node[side * 4] << 24 | node[side * 4 + 1] << 16 | node[side * 4 + 2] << 8 | node[side * 4 + 3],
        };
        // A record of 32 bits that is negative here lies behind the end of any file of up to 2 GB.
        return record < 0 ? int.MaxValue : record;
    }

    private byte[] ReadCode(int offset)
    {
        var data = new MaxMindData(_file.Span[_dataStart.._dataEnd]);
        var place = data.Read(offset);
        var code = data.Text(data.Member(data.Member(place, "country"u8), "iso_code"u8));
        if (code.IsEmpty)
            code = data.Text(data.Member(place, "country_code"u8));
        if (code.IsEmpty)
            code = data.Text(data.Member(data.Member(place, "registered_country"u8), "iso_code"u8));
        return Interned(code);
    }

    /// <summary>One array for each code; empty for what is no code.</summary>
    private static byte[] Interned(ReadOnlySpan<byte> code)
    {
        if (code.Length != 2 || !char.IsAsciiLetter((char)code[0]) || !char.IsAsciiLetter((char)code[1]))
            return [];
        var first = char.ToUpperInvariant((char)code[0]) - 'A';
        var second = char.ToUpperInvariant((char)code[1]) - 'A';
        return Codes[first * 26 + second] ??= [(byte)('A' + first), (byte)('A' + second)];
    }
}
