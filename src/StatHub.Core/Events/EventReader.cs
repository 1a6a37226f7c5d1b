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

    /// <summary>The deepest nesting of an event. As raw hits, in an array of them, it has the 64 levels that readers of JSON take.</summary>
    public const int MaxDepth = 62;

    /// <summary>The most events in one array of <see cref="EventForm.Batch"/>.</summary>
    public const int MostEvents = 1000;

    private readonly EventLine _event = new();
    private readonly ArrayBufferWriter<byte> _lines = new(4096);
    private readonly EventFaults _faults = new();
    private readonly EventFields _fields;
    private readonly PointReader _points;
    private readonly List<string> _ids = [];
    private readonly List<string> _chosenIds = [];
    private readonly byte[] _random = new byte[100 * EventId.RandomBytes];
    private int _randomLeft;
    private EventNaming? _naming;
    private TenantId _tenant;

    public EventReader()
    {
        _fields = new EventFields(_event, _faults);
        _points = new PointReader(_event, _fields, _faults);
    }

    /// <summary>What is wrong; empty when all events are good. At most 100 things are told.</summary>
    public IReadOnlyList<EventError> Errors => _faults.All;

    /// <summary>The names of the events, in their order.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>The journal lines, each ended by a newline; valid until the next reading.</summary>
    public ReadOnlyMemory<byte> Lines => _lines.WrittenMemory;

    /// <summary>Whether it was an array.</summary>
    public bool IsArray { get; private set; }

    /// <summary>Names that the client gave.</summary>
    public IReadOnlyList<string> ChosenIds => _chosenIds;

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
        _faults.Clear();
        _ids.Clear();
        _chosenIds.Clear();
        (_tenant, _fields.Now, _naming, IsArray) = (tenant, now.ToUnixTimeMilliseconds(), naming, false);
        if (body.StartsWith("\uFEFF"u8))
            body = body[3..];
        if (!Utf8.IsValid(body))
            _faults.Add("body", "It is no UTF-8.");
        else
            TryReadAll(body, form);
        return _faults.All.Count == 0;
    }

    private void TryReadAll(ReadOnlySpan<byte> body, EventForm form)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
            ReadAll(ref reader, form);
            while (reader.Read())
            {
            }
        }
        catch (JsonException exception)
        {
            _faults.Add("body", body.TrimStart(" \t\r\n"u8).IsEmpty
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
                _faults.Add("body", $"There are more than {MostEvents} events.");
                return;
            }
            ReadOne(ref reader, form);
        }
        if (_ids.Count == 0)
            _faults.Add("body", "There is no event in it.");
    }

    private void ReadOne(ref Utf8JsonReader reader, EventForm form)
    {
        _event.Clear();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _faults.Add("body", "An event is a JSON object.");
            reader.Skip();
            Note("");
            return;
        }
        var start = reader.TokenStartIndex;
        if (form == EventForm.Classic && IsArray)
            _points.Read(ref reader);
        else
            ReadEntry(ref reader, form);
        if (reader.BytesConsumed - start > MaxEventBytes)
            _faults.Add("body", "An event has at most 64 KiB.");
        var at = _event.UnixMilliseconds ?? _fields.Now;
        var id = _event.Id ?? _naming?.Name?.Invoke(_ids.Count, at) ?? MakeId(at);
        Note(id);
        if (_event.Id is not null)
            _chosenIds.Add(id);
        if (_faults.All.Count == 0 && _naming?.IsThere(id) != true)
            _event.Write(_tenant, at, id, _lines);
    }

    private void Note(string id)
    {
        _ids.Add(id);
        _faults.Index = _ids.Count;
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

    private void ReadEntry(ref Utf8JsonReader reader, EventForm form)
    {
        var copy = new JsonCopy(_event.Json);
        copy.Write(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            copy.Write(ref reader);
            var name = reader;
            reader.Read();
            ReadField(ref name, ref reader, form);
            copy.WriteValue(ref reader);
        }
        copy.Write(ref reader);
        if (!_event.HasKey && !_faults.Has("event"))
            _faults.Add("event", "The name of the event is missing.");
        if (!_event.HasUid && form == EventForm.Classic && !_faults.Has("uid"))
            _faults.Add("uid", "It is missing; it may be empty.");
    }

    private void ReadField(ref Utf8JsonReader name, ref Utf8JsonReader value, EventForm form)
    {
        if (name.ValueTextEquals("event"u8))
            _fields.ReadName(ref value, "event");
        else if (name.ValueTextEquals("uid"u8))
            _fields.ReadUid(ref value);
        else if (name.ValueTextEquals("event_id"u8))
            _fields.ReadId(ref value);
        else if (name.ValueTextEquals("time"u8) && form == EventForm.Batch)
            _fields.ReadTime(ref value);
        else if (name.ValueTextEquals("value"u8) && value.TokenType == JsonTokenType.Number)
            _fields.ReadValue(ref value);
        else if (value.TokenType == JsonTokenType.String && !name.ValueTextEquals("now"u8) && !name.ValueTextEquals("time"u8))
            _event.AddOwn(name.ValueSpan, value.ValueSpan);
    }
}
