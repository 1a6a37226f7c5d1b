using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace StatHub.Tests.Dimensions;

/// <summary>Writes small MaxMind DB files: a tree of networks, their values, and the metadata behind them.</summary>
internal sealed class MaxMindFile(int recordBits = 24, int ipVersion = 6)
{
    private readonly List<int[]> _nodes = [[-1, -1]];
    private readonly List<byte> _data = [];

    public string Type { get; init; } = "Test-Country";

    public int Format { get; init; } = 2;

    /// <summary>What the metadata says of the nodes; those that there are when absent.</summary>
    public int? NodeCount { get; init; }

    /// <summary>Appends a value and gives its offset, for networks and pointers.</summary>
    public int Value(byte[] encoded)
    {
        _data.AddRange(encoded);
        return _data.Count - encoded.Length;
    }

    /// <summary>Has the addresses of a network lead to a value.</summary>
    public MaxMindFile Network(string network, int value)
    {
        var parts = network.Split('/');
        var address = IPAddress.Parse(parts[0]).GetAddressBytes();
        var length = int.Parse(parts[1]);
        if (ipVersion == 6 && address.Length == 4)
        {
            address = [.. new byte[12], .. address];
            length += 96;
        }
        var node = 0;
        for (var bit = 0; bit < length; bit++)
        {
            var side = (address[bit / 8] >> (7 - bit % 8)) & 1;
            if (bit == length - 1)
                _nodes[node][side] = -2 - value;
            else
                node = Child(node, side);
        }
        return this;
    }

    public byte[] Bytes()
    {
        var file = new List<byte>();
        foreach (var node in _nodes)
            file.AddRange(Node(Record(node[0]), Record(node[1])));
        file.AddRange(new byte[16]);
        file.AddRange(_data);
        file.AddRange([0xab, 0xcd, 0xef]);
        file.AddRange("MaxMind.com"u8.ToArray());
        file.AddRange(Map(
            ("node_count", Number(NodeCount ?? _nodes.Count)),
            ("record_size", Number(recordBits)),
            ("ip_version", Number(ipVersion)),
            ("binary_format_major_version", Number(Format)),
            ("build_epoch", Number(1_700_000_000)),
            ("languages", [0x01, 0x04, .. Text("en")]),
            ("database_type", Text(Type))));
        return [.. file];
    }

    public static byte[] Map(params (string Name, byte[] Value)[] members) =>
        [(byte)(7 << 5 | members.Length), .. members.SelectMany(member => Text(member.Name).Concat(member.Value))];

    public static byte[] Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return utf8.Length < 29
            ? [(byte)(2 << 5 | utf8.Length), .. utf8]
            : [2 << 5 | 29, (byte)(utf8.Length - 29), .. utf8];
    }

    public static byte[] Number(int number)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, number);
        return [6 << 5 | 4, .. four];
    }

    /// <summary>A number with a fraction, of eight bytes or of four.</summary>
    public static byte[] Real(double number, bool isShort = false)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (!isShort)
        {
            BinaryPrimitives.WriteDoubleBigEndian(bytes, number);
            return [3 << 5 | 8, .. bytes];
        }
        BinaryPrimitives.WriteSingleBigEndian(bytes, (float)number);
        return [4, 8, .. bytes[..4]];
    }

    /// <summary>A pointer of one, two or four bytes behind its head.</summary>
    public static byte[] Pointer(int offset, int size = 1) => size switch
    {
        1 => [(byte)(1 << 5 | offset >> 8), (byte)offset],
        2 => [(byte)(1 << 5 | 1 << 3 | (offset - 2048) >> 16), (byte)((offset - 2048) >> 8), (byte)(offset - 2048)],
        _ => [1 << 5 | 3 << 3, (byte)(offset >> 24), (byte)(offset >> 16), (byte)(offset >> 8), (byte)offset],
    };

    private int Child(int node, int side)
    {
        if (_nodes[node][side] < 0)
        {
            _nodes.Add([-1, -1]);
            _nodes[node][side] = _nodes.Count - 1;
        }
        return _nodes[node][side];
    }

    private uint Record(int record) => (uint)(record >= 0 ? record : record == -1 ? _nodes.Count : _nodes.Count + 16 + (-2 - record));

    private byte[] Node(uint left, uint right) => recordBits switch
    {
        24 => [(byte)(left >> 16), (byte)(left >> 8), (byte)left, (byte)(right >> 16), (byte)(right >> 8), (byte)right],
        28 =>
        [
            (byte)(left >> 16), (byte)(left >> 8), (byte)left, (byte)(left >> 24 << 4 | right >> 24),
            (byte)(right >> 16), (byte)(right >> 8), (byte)right,
        ],
        _ =>
        [
            (byte)(left >> 24), (byte)(left >> 16), (byte)(left >> 8), (byte)left,
            (byte)(right >> 24), (byte)(right >> 16), (byte)(right >> 8), (byte)right,
        ],
    };
}
