using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;

namespace StatHub.Core.Events;

/// <summary>
/// One event on its way to a journal line: <c>{"tenant":"demo","key":"signup","msec":1789900000.123,"args":"tv=2&amp;d.plan=pro","uid":"u7",
/// "event_id":"entry_…","event":{…}}</c>. The event itself stands there as it was sent, without white space. An instance is reused.
/// </summary>
internal sealed class EventLine
{
    private const int MostValueBytes = 32;

    private readonly ArrayBufferWriter<byte> _json = new(1024);
    private readonly ArrayBufferWriter<byte> _own = new(256);
    private readonly byte[] _key = new byte[HitKey.MaxBytes];
    private readonly byte[] _value = new byte[MostValueBytes];
    private byte[] _text = new byte[1024];
    private byte[] _uid = new byte[64];
    private int _uidLength;
    private int _keyLength;
    private int _valueLength;
    private int _owns;

    /// <summary>Whether the event's name, or the point's measurement, is known.</summary>
    public bool HasKey => _keyLength > 0;

    /// <summary>Whether there is a <c>uid</c>, be it an empty one.</summary>
    public bool HasUid { get; private set; }

    /// <summary>What the client calls the event; null where the service is to name it.</summary>
    public string? Id { get; set; }

    /// <summary>When it was, in Unix milliseconds; null for now.</summary>
    public long? UnixMilliseconds { get; set; }

    /// <summary>The event's JSON, to be written while it is read.</summary>
    public ArrayBufferWriter<byte> Json => _json;

    /// <summary>Begins another event.</summary>
    public void Clear()
    {
        _json.ResetWrittenCount();
        _own.ResetWrittenCount();
        (_keyLength, _uidLength, _valueLength, _owns) = (0, 0, 0, 0);
        (HasUid, Id, UnixMilliseconds) = (false, null, null);
    }

    /// <summary>
    /// Takes the event's name as the key: <c>/</c> and control characters become <c>_</c>, it is cut to 128 bytes, and an empty one
    /// becomes <c>_</c>. False for half a surrogate pair, which no text can hold.
    /// </summary>
    /// <param name="escaped">What stands between the quotes.</param>
    public bool TrySetKey(ReadOnlySpan<byte> escaped)
    {
        if (!TryUnescape(escaped, out var name))
            return false;
        _keyLength = FoldedKey.Write(name, _key);
        return true;
    }

    /// <summary>Takes who did it.</summary>
    /// <param name="escaped">What stands between the quotes, or a number.</param>
    public void SetUid(ReadOnlySpan<byte> escaped)
    {
        HasUid = true;
        if (_uid.Length < escaped.Length)
            _uid = new byte[escaped.Length];
        escaped.CopyTo(_uid);
        _uidLength = escaped.Length;
    }

    /// <summary>Takes a number, rounded to six digits, as the value that is summed; false where it has more than twelve before the point.</summary>
    public bool TrySetValue(ref Utf8JsonReader number)
    {
        if (!number.TryGetDecimal(out var value) || Math.Abs(value = decimal.Round(value, 6)) >= 1_000_000_000_000m)
            return false;
        return value.TryFormat(_value, out _valueLength, "0.######", CultureInfo.InvariantCulture);
    }

    /// <summary>Takes a text as the value of one of the client's own dimensions, where its name can be one and there are not too many.</summary>
    /// <param name="name">What stands between the quotes of the name.</param>
    /// <param name="escaped">What stands between the quotes of the text, or a number or literal.</param>
    public void AddOwn(ReadOnlySpan<byte> name, ReadOnlySpan<byte> escaped)
    {
        Span<byte> folded = stackalloc byte[DimensionNames.MaxOwnBytes];
        if (_owns >= HitDimensions.MaxOwn || !DimensionNames.TryFoldOwn(name, folded, out var length) || !TryUnescape(escaped, out var text) || text.IsEmpty)
            return;
        _owns++;
        _own.Write("&d."u8);
        _own.Write(folded[..length]);
        _own.Write("="u8);
        // Longer ones are cut anyhow, when the hit is counted.
        foreach (var octet in text[..Math.Min(text.Length, 2 * DimensionText.MaxBytes)])
            WritePercentEncoded(octet);
    }

    /// <summary>Writes the journal line with its newline.</summary>
    /// <param name="tenant">Whose event it is.</param>
    /// <param name="unixMilliseconds">When it was.</param>
    /// <param name="id">Its name.</param>
    /// <param name="target">Where to.</param>
    public void Write(TenantId tenant, long unixMilliseconds, string id, IBufferWriter<byte> target)
    {
        target.Write(HitLine.Beginning);
        target.Write(Encoding.ASCII.GetBytes(tenant.ToString()));
        target.Write("\",\"key\":\""u8);
        var span = target.GetSpan(2 * _keyLength + 64);
        var length = JsonText.Escape(_key.AsSpan(0, _keyLength), span);
        Utf8.TryWrite(span[length..], CultureInfo.InvariantCulture, $"\",\"msec\":{unixMilliseconds / 1000}.{unixMilliseconds % 1000:000}", out var written);
        target.Advance(length + written);
        WriteArguments(target);
        target.Write(",\"uid\":\""u8);
        target.Write(_uid.AsSpan(0, _uidLength));
        target.Write("\",\"event_id\":\""u8);
        target.Write(Id is null ? Encoding.ASCII.GetBytes(id) : JsonEncodedText.Encode(id, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        target.Write("\",\"event\":"u8);
        target.Write(_json.WrittenSpan);
        target.Write("}\n"u8);
    }

    private void WriteArguments(IBufferWriter<byte> target)
    {
        if (_valueLength == 0 && _owns == 0)
            return;
        target.Write(",\"args\":\""u8);
        if (_valueLength > 0)
        {
            target.Write("tv="u8);
            target.Write(_value.AsSpan(0, _valueLength));
        }
        // Each begins with an ampersand.
        if (_owns > 0)
            target.Write(_own.WrittenSpan[(_valueLength > 0 ? 0 : 1)..]);
        target.Write("\""u8);
    }

    private bool TryUnescape(ReadOnlySpan<byte> escaped, out ReadOnlySpan<byte> text)
    {
        if (_text.Length < escaped.Length)
            _text = new byte[escaped.Length];
        return JsonText.TryUnescape(escaped, _text, out text);
    }

    private void WritePercentEncoded(byte octet)
    {
        var span = _own.GetSpan(3);
        if (char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~')
        {
            span[0] = octet;
            _own.Advance(1);
            return;
        }
        span[0] = (byte)'%';
        span[1] = "0123456789ABCDEF"u8[octet >> 4];
        span[2] = "0123456789ABCDEF"u8[octet & 15];
        _own.Advance(3);
    }
}
