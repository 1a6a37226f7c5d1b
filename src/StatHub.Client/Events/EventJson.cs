using System.Buffers;
using System.Text.Json;

namespace StatHub.Client.Events;

/// <summary>Makes the JSON of an event.</summary>
internal static class EventJson
{
    /// <summary>The largest event that StatHub takes.</summary>
    public const int MaxBytes = 64 * 1024;

    private static readonly string[] Own = ["event", "uid", "time"];

    /// <summary>The event as StatHub takes it.</summary>
    /// <exception cref="Exception">The fields cannot be written as a JSON object: whatever their own code throws.</exception>
    public static byte[] Write(string name, string uid, object? fields, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(name);
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("event", name);
            writer.WriteString("uid", uid ?? "");
            writer.WriteString("time", time.ToUniversalTime());
            WriteFields(writer, fields);
            writer.WriteEndObject();
        }
        if (buffer.WrittenCount > MaxBytes)
            throw new ArgumentException($"The event has {buffer.WrittenCount} bytes, and at most {MaxBytes} are taken.", nameof(fields));
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteFields(Utf8JsonWriter writer, object? fields)
    {
        if (fields is null)
            return;
        var element = JsonSerializer.SerializeToElement(fields, fields.GetType());
        if (element.ValueKind != JsonValueKind.Object)
            throw new ArgumentException("Fields are an object with properties, or a dictionary with texts as keys.", nameof(fields));
        foreach (var member in element.EnumerateObject())
        {
            if (!Own.Contains(member.Name))
                member.WriteTo(writer);
        }
    }
}
