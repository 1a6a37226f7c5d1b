using System.Buffers;
using System.Text.Json;

namespace StatHub.Core.Events;

/// <summary>An event as its raw hit has it.</summary>
public static class StoredEvent
{
    /// <summary>
    /// Writes the event of a raw hit as one flat object: what was sent, its name as <c>event_id</c> and its instant as <c>time</c>, whatever the
    /// client sent under these names. False where the raw hit is not the event of that name.
    /// </summary>
    /// <param name="line">The stored line.</param>
    /// <param name="id">The event's name, in any case.</param>
    /// <param name="target">Where to.</param>
    public static bool TryWrite(ReadOnlySpan<byte> line, string id, ArrayBufferWriter<byte> target)
    {
        var reader = new Utf8JsonReader(line);
        ReadOnlySpan<byte> time = [];
        ReadOnlySpan<byte> found = [];
        var from = -1;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isTime, isId, isEvent) = (reader.ValueTextEquals("time"u8), reader.ValueTextEquals("event_id"u8), reader.ValueTextEquals("event"u8));
            reader.Read();
            if (isTime)
                time = reader.ValueSpan;
            else if (isId)
                found = EventId.AreSame(reader.GetString(), id) ? reader.ValueSpan : [];
            else if (isEvent)
                from = (int)reader.TokenStartIndex;
            reader.Skip();
        }
        if (found.IsEmpty || from < 0)
            return false;
        Write(line[from..], found, time, target);
        return true;
    }

    private static void Write(ReadOnlySpan<byte> json, ReadOnlySpan<byte> id, ReadOnlySpan<byte> time, ArrayBufferWriter<byte> target)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { AllowMultipleValues = true });
        var copy = new JsonCopy(target);
        reader.Read();
        copy.Write(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader;
            reader.Read();
            if (name.ValueTextEquals("event_id"u8) || name.ValueTextEquals("time"u8))
            {
                reader.Skip();
                continue;
            }
            copy.Write(ref name);
            copy.WriteValue(ref reader);
        }
        copy.WriteMember("event_id"u8, id);
        copy.WriteMember("time"u8, time);
        target.Write("}"u8);
    }
}
