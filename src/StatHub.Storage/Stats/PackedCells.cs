using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Core.Text;

namespace StatHub.Storage.Stats;

/// <summary>Cells in few bytes: a text is written when it comes for the first time, then its number. See docs/formats/stats.md.</summary>
internal sealed class PackedCells
{
    private const byte Version = 1;
    private const byte HasBefore = 8;
    private const long MostTextBytes = 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private readonly Dictionary<string, int> _texts = [];

    /// <summary>Packs cells; the bytes are good until the next time.</summary>
    public ReadOnlySpan<byte> Pack(IReadOnlyList<StatCell> cells)
    {
        _bytes.ResetWrittenCount();
        _texts.Clear();
        Write(Version);
        foreach (var cell in cells)
            Write(cell);
        return _bytes.WrittenSpan;
    }

    /// <summary>Takes cells out of bytes that may be anything; false when they are not what was packed.</summary>
    public static bool TryUnpack(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out List<StatCell>? cells)
    {
        cells = null;
        var reader = new CellReader(bytes);
        if (!reader.TryReadByte(out var version) || version != Version)
            return false;
        var read = new List<StatCell>();
        while (!reader.AtEnd)
        {
            if (!reader.TryRead(out var cell))
                return false;
            read.Add(cell);
        }
        cells = read;
        return true;
    }

    private void Write(StatCell cell)
    {
        var (key, amount) = (cell.Key, cell.Amount);
        Write((byte)((int)key.Kind | (amount.Before is null ? 0 : HasBefore)));
        Write(key.Place.Tenant.ToString());
        Write(key.Place.Dim);
        Write(key.Place.Owner);
        Write(key.Name);
        Write(amount.Amount);
        if (key.Kind == StatKind.Gauge)
            Write(amount.Bucket);
        if (amount.Before is { } before)
        {
            Write(before);
            Write(amount.BeforeBucket);
        }
        if (key.Kind == StatKind.Member)
            Write(cell.List);
    }

    private void Write(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    private void Write(long number) => _bytes.Advance(Varint.WriteSigned(number, _bytes.GetSpan(Varint.MostSignedBytes)));

    private void Write(string text)
    {
        if (_texts.TryGetValue(text, out var number))
        {
            _bytes.Advance(Varint.Write(number, _bytes.GetSpan(Varint.MostBytes)));
            return;
        }
        _bytes.Advance(Varint.Write(_texts.Count, _bytes.GetSpan(Varint.MostBytes)));
        _texts[text] = _texts.Count;
        _bytes.Advance(Varint.Write(Encoding.UTF8.GetByteCount(text), _bytes.GetSpan(Varint.MostBytes)));
        Encoding.UTF8.GetBytes(text, _bytes);
    }

    private ref struct CellReader(ReadOnlySpan<byte> bytes)
    {
        private readonly List<string> _texts = [];
        private VarintReader _rest = new(bytes);

        public readonly bool AtEnd => _rest.AtEnd;

        public bool TryReadByte(out byte value)
        {
            var isThere = _rest.TryTake(1, out var taken);
            value = isThere ? taken[0] : default;
            return isThere;
        }

        public bool TryRead([NotNullWhen(true)] out StatCell? cell)
        {
            cell = null;
            long bucket = 0, before = 0, beforeBucket = 0, list = 0;
            if (!TryReadByte(out var kinds) || !TryReadText(out var tenant) || !TryReadText(out var dim) || !TryReadText(out var owner) || !TryReadText(out var name)
                || !TenantId.TryParse(tenant, out var id))
            {
                return false;
            }
            var (kind, hasBefore) = ((StatKind)(kinds & ~HasBefore), (kinds & HasBefore) > 0);
            if (kind is < StatKind.Counter or > StatKind.Member
                || !TryReadNumber(out var amount)
                || kind == StatKind.Gauge && !TryReadNumber(out bucket)
                || hasBefore && (!TryReadNumber(out before) || !TryReadNumber(out beforeBucket))
                || kind == StatKind.Member && !TryReadNumber(out list))
            {
                return false;
            }
            cell = new StatCell(new StatKey(new StatPlace(id, dim, owner), kind, name))
            {
                Amount = new StatAmount(amount, bucket, hasBefore ? before : null, beforeBucket),
                List = list,
            };
            return true;
        }

        private bool TryReadNumber(out long number)
        {
            var isThere = _rest.TryReadSigned(out var wide) && wide >= long.MinValue && wide <= long.MaxValue;
            number = isThere ? (long)wide : 0;
            return isThere;
        }

        private bool TryReadText([NotNullWhen(true)] out string? text)
        {
            text = null;
            if (!_rest.TryRead(_texts.Count, out var number))
                return false;
            if (number == _texts.Count)
            {
                if (!_rest.TryRead(MostTextBytes, out var length) || !_rest.TryTake((int)length, out var taken))
                    return false;
                _texts.Add(Encoding.UTF8.GetString(taken));
            }
            text = _texts[(int)number];
            return true;
        }
    }
}
