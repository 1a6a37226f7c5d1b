using System.Text.Json;

namespace StatHub.Core.Events;

/// <summary>Reads points, which events of arrays were in stats-service.</summary>
/// <param name="target">Where a point goes.</param>
/// <param name="fields">Reads what is understood of it.</param>
/// <param name="faults">What is wrong with it.</param>
internal sealed class PointReader(EventLine target, EventFields fields, EventFaults faults)
{
    /// <summary>A point; its tags become texts, and what is null or an empty tag is left out.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        var copy = new JsonCopy(target.Json);
        copy.Write(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            copy.Write(ref reader);
            var name = reader;
            reader.Read();
            if (name.ValueTextEquals("measurement"u8))
                fields.ReadName(ref reader, "measurement");
            var areTags = name.ValueTextEquals("tags"u8);
            if (!areTags && !name.ValueTextEquals("fields"u8))
                copy.WriteValue(ref reader);
            else if (reader.TokenType == JsonTokenType.StartObject)
                ReadParts(ref reader, ref copy, areTags);
            else if (reader.TokenType == JsonTokenType.Null)
                copy.WriteValue(ref reader);
            else
                RefuseParts(ref reader, areTags);
        }
        copy.Write(ref reader);
        if (!target.HasKey && !faults.Has("measurement"))
            faults.Add("measurement", "The name of the measurement is missing.");
    }

    private void RefuseParts(ref Utf8JsonReader reader, bool areTags)
    {
        faults.Add(areTags ? "tags" : "fields", "They are a JSON object.");
        reader.Skip();
    }

    private void ReadParts(ref Utf8JsonReader reader, ref JsonCopy copy, bool areTags)
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
                ReadTag(ref name, ref reader, ref copy);
            else
                ReadField(ref name, ref reader, ref copy);
        }
        copy.Write(ref reader);
    }

    private void ReadTag(ref Utf8JsonReader name, ref Utf8JsonReader value, ref JsonCopy copy)
    {
        if (value.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            faults.Add("tags", "A tag is a text, a number, true or false.");
            value.Skip();
            return;
        }
        target.AddOwn(name.ValueSpan, value.ValueSpan);
        copy.WriteText(value.ValueSpan);
    }

    private void ReadField(ref Utf8JsonReader name, ref Utf8JsonReader value, ref JsonCopy copy)
    {
        if (name.ValueTextEquals("value"u8) && value.TokenType == JsonTokenType.Number)
            fields.ReadValue(ref value);
        else if (value.TokenType == JsonTokenType.String)
            target.AddOwn(name.ValueSpan, value.ValueSpan);
        copy.WriteValue(ref value);
    }
}
