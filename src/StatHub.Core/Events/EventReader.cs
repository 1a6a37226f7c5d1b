using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using StatHub.Core.Tenants;

namespace StatHub.Core.Events;

/// <summary>
/// Turns what a client sent into journal lines, one for each event, or says what is wrong with it: all or nothing. It never throws, whatever the bytes
/// are. An instance serves one request at a time.
/// </summary>
public sealed class EventReader
{
    /// <summary>The longest event, in bytes of JSON.</summary>
    public const int MaxEventBytes = 64 * 1024;

    /// <summary>The most events in one array of <see cref="EventForm.Batch"/>.</summary>
    public const int MostEvents = 1000;

    private const int MostErrors = 100;
    private const long EarliestMilliseconds = 946_684_800_000; // 2000-01-01
    private const long MostAheadMilliseconds = 24 * 3600 * 1000;

    private readonly EventLine _event = new();
    private readonly ArrayBufferWriter<byte> _lines = new(4096);
    private readonly List<EventError> _errors = [];
    private readonly List<string> _ids = [];
    private readonly byte[] _random = new byte[100 * EventId.RandomBytes];
    private int _randomLeft;
    private EventNaming? _naming;
    private TenantId _tenant;
    private long _now;

    /// <summary>What is wrong; empty when all events are good. At most 100 things are told.</summary>
    public IReadOnlyList<EventError> Errors => _errors;

    /// <summary>The names of the events, in their order.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>The journal lines, each ended by a newline; valid until the next reading.</summary>
    public ReadOnlyMemory<byte> Lines => _lines.WrittenMemory;

    /// <summary>Whether it was an array.</summary>
    public bool IsArray { get; private set; }

    /// <summary>Whether the client gave names to some events.</summary>
    public bool IsNamedByClient { get; private set; }

    /// <summary>Reads a body.</summary>
    /// <param name="body">JSON in UTF-8.</param>
    /// <param name="form">What it should look like.</param>
    /// <param name="tenant">Whose events they are.</param>
    /// <param name="now">The clock: events without a time of their own are of this instant.</param>
    /// <param name="naming">How events are named and which are left out; null makes names that nobody has, and leaves out none.</param>
    /// <returns>Whether there is nothing wrong.</returns>
    public bool TryRead(ReadOnlySpan<byte> body, EventForm form, TenantId tenant, DateTimeOffset now, EventNaming? naming = null)
    {
        _lines.ResetWrittenCount();
        _errors.Clear();
        _ids.Clear();
        IsNamedByClient = false;
        (_tenant, _now, _naming, IsArray) = (tenant, now.ToUnixTimeMilliseconds(), naming, false);
        if (body.StartsWith("\uFEFF"u8))
            body = body[3..];
        if (!Utf8.IsValid(body))
            Refuse(0, "body", "It is no UTF-8.");
        else
            TryReadAll(body, form);
        return _errors.Count == 0;
    }

    private void TryReadAll(ReadOnlySpan<byte> body, EventForm form)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            ReadAll(ref reader, form);
            while (reader.Read())
            {
            }
        }
        catch (JsonException exception)
        {
            Refuse(_ids.Count, "body", body.TrimStart(" \t\r\n"u8).IsEmpty
                ? "It is empty."
                : $"It is no JSON, in line {(exception.LineNumber ?? 0) + 1} at byte {(exception.BytePositionInLine ?? 0) + 1}.");
        }
    }

    private void ReadAll(ref Utf8JsonReader reader, EventForm form)
    {
        reader.Read();
        IsArray = reader.TokenType == JsonTokenType.StartArray;
        if (!IsArray)
        {
            ReadOne(ref reader, form);
            return;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (form == EventForm.Batch && _ids.Count == MostEvents)
            {
                Refuse(MostEvents, "body", $"There are more than {MostEvents} events.");
                return;
            }
            ReadOne(ref reader, form);
        }
        if (_ids.Count == 0)
            Refuse(0, "body", "There is no event in it.");
    }

    private void ReadOne(ref Utf8JsonReader reader, EventForm form)
    {
        var index = _ids.Count;
        _event.Clear();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Refuse(index, "body", "An event is a JSON object.");
            reader.Skip();
            _ids.Add("");
            return;
        }
        var start = reader.TokenStartIndex;
        if (form == EventForm.Classic && IsArray)
            ReadPoint(ref reader, index);
        else
            ReadEntry(ref reader, index, form);
        if (reader.BytesConsumed - start > MaxEventBytes)
            Refuse(index, "body", "An event has at most 64 KiB.");
        var at = _event.UnixMilliseconds ?? _now;
        var id = _event.Id ?? _naming?.Name(index, at) ?? MakeId(at);
        _ids.Add(id);
        IsNamedByClient |= _event.Id is not null;
        if (_errors.Count == 0 && _naming?.IsThere(id) != true)
            _event.Write(_tenant, at, id, _lines);
    }

    private string MakeId(long at)
    {
        // Random bytes come from the kernel, many at a time.
        if (_randomLeft < EventId.RandomBytes)
        {
            RandomNumberGenerator.Fill(_random);
            _randomLeft = _random.Length;
        }
        _randomLeft -= EventId.RandomBytes;
        return EventId.Make(at, _random.AsSpan(_randomLeft, EventId.RandomBytes));
    }

    private void ReadEntry(ref Utf8JsonReader reader, int index, EventForm form)
    {
        var copy = new JsonCopy(_event.Json);
        copy.Write(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            copy.Write(ref reader);
            var name = reader;
            reader.Read();
            ReadField(ref name, ref reader, index, form);
            copy.WriteValue(ref reader);
        }
        copy.Write(ref reader);
        if (!_event.HasKey && !IsRefused(index, "event"))
            Refuse(index, "event", "The name of the event is missing.");
        if (!_event.HasUid && form == EventForm.Classic && !IsRefused(index, "uid"))
            Refuse(index, "uid", "It is missing; it may be empty.");
    }

    private void ReadField(ref Utf8JsonReader name, ref Utf8JsonReader value, int index, EventForm form)
    {
        if (name.ValueTextEquals("event"u8))
            ReadName(ref value, index, "event");
        else if (name.ValueTextEquals("uid"u8))
            ReadUid(ref value, index);
        else if (name.ValueTextEquals("event_id"u8))
            ReadId(ref value, index);
        else if (name.ValueTextEquals("time"u8) && form == EventForm.Batch)
            ReadTime(ref value, index);
        else if (name.ValueTextEquals("value"u8) && value.TokenType == JsonTokenType.Number)
            ReadValue(ref value, index);
        else if (value.TokenType == JsonTokenType.String && !name.ValueTextEquals("now"u8) && !name.ValueTextEquals("time"u8))
            _event.AddOwn(name.ValueSpan, value.ValueSpan);
    }

    /// <summary>A point; its tags become texts, and what is null or an empty tag is left out.</summary>
    private void ReadPoint(ref Utf8JsonReader reader, int index)
    {
        var copy = new JsonCopy(_event.Json);
        copy.Write(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            copy.Write(ref reader);
            var name = reader;
            reader.Read();
            if (name.ValueTextEquals("measurement"u8))
                ReadName(ref reader, index, "measurement");
            var areTags = name.ValueTextEquals("tags"u8);
            if (!areTags && !name.ValueTextEquals("fields"u8))
                copy.WriteValue(ref reader);
            else if (reader.TokenType == JsonTokenType.StartObject)
                ReadParts(ref reader, ref copy, index, areTags);
            else if (reader.TokenType == JsonTokenType.Null)
                copy.WriteValue(ref reader);
            else
                RefuseParts(ref reader, index, areTags);
        }
        copy.Write(ref reader);
        if (!_event.HasKey && !IsRefused(index, "measurement"))
            Refuse(index, "measurement", "The name of the measurement is missing.");
    }

    private void RefuseParts(ref Utf8JsonReader reader, int index, bool areTags)
    {
        Refuse(index, areTags ? "tags" : "fields", "They are a JSON object.");
        reader.Skip();
    }

    private void ReadParts(ref Utf8JsonReader reader, ref JsonCopy copy, int index, bool areTags)
    {
        copy.Write(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null || (areTags && reader is { TokenType: JsonTokenType.String, ValueSpan.IsEmpty: true }))
                continue;
            copy.Write(ref name);
            if (areTags)
                ReadTag(ref name, ref reader, ref copy, index);
            else
                ReadPointField(ref name, ref reader, ref copy, index);
        }
        copy.Write(ref reader);
    }

    private void ReadTag(ref Utf8JsonReader name, ref Utf8JsonReader value, ref JsonCopy copy, int index)
    {
        if (value.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            Refuse(index, "tags", "A tag is a text, a number, true or false.");
            value.Skip();
            return;
        }
        _event.AddOwn(name.ValueSpan, value.ValueSpan);
        copy.WriteText(value.ValueSpan);
    }

    private void ReadPointField(ref Utf8JsonReader name, ref Utf8JsonReader value, ref JsonCopy copy, int index)
    {
        if (name.ValueTextEquals("value"u8) && value.TokenType == JsonTokenType.Number)
            ReadValue(ref value, index);
        else if (value.TokenType == JsonTokenType.String)
            _event.AddOwn(name.ValueSpan, value.ValueSpan);
        copy.WriteValue(ref value);
    }

    private void ReadName(ref Utf8JsonReader value, int index, string field)
    {
        if (value.TokenType != JsonTokenType.String || !_event.TrySetKey(value.ValueSpan))
            Refuse(index, field, "It is a text.");
    }

    private void ReadUid(ref Utf8JsonReader value, int index)
    {
        if (value.TokenType is JsonTokenType.String or JsonTokenType.Number)
            _event.SetUid(value.ValueSpan);
        else
            Refuse(index, "uid", "It is a text; it may be empty.");
    }

    /// <summary>Null and an empty one are none.</summary>
    private void ReadId(ref Utf8JsonReader value, int index)
    {
        if (value.TokenType == JsonTokenType.Null || value is { TokenType: JsonTokenType.String, ValueSpan.IsEmpty: true })
            return;
        if (value.TokenType != JsonTokenType.String || value.ValueSpan.Length > 6 * EventId.MaxLength || !TryText(ref value, out var id)
            || id.Length > EventId.MaxLength || string.IsNullOrWhiteSpace(id))
            Refuse(index, "event_id", $"It is a text of 1 to {EventId.MaxLength} characters.");
        else
            _event.Id = id;
    }

    private void ReadTime(ref Utf8JsonReader value, int index)
    {
        if (value.TokenType == JsonTokenType.Null)
            return;
        if (value.TokenType != JsonTokenType.String || !value.TryGetDateTimeOffset(out var time))
            Refuse(index, "time", "It is an instant such as 2026-11-22T09:30:00Z.");
        else if (time.ToUnixTimeMilliseconds() is var at && (at < EarliestMilliseconds || at > _now + MostAheadMilliseconds))
            Refuse(index, "time", "It is before 2000 or more than a day ahead.");
        else
            _event.UnixMilliseconds = at;
    }

    private void ReadValue(ref Utf8JsonReader value, int index)
    {
        if (!_event.TrySetValue(ref value))
            Refuse(index, "value", "It has at most 12 digits before the point.");
    }

    private static bool TryText(ref Utf8JsonReader value, out string text)
    {
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            text = "";
            return false;
        }
    }

    private bool IsRefused(int index, string field) => _errors.Exists(error => error.Index == index && error.Field == field);

    private void Refuse(int index, string field, string detail)
    {
        if (_errors.Count < MostErrors)
            _errors.Add(new EventError(index, field, detail));
    }
}
