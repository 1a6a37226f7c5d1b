using System.Buffers;
using System.Text.Json;
using StatHub.Core.Hits;
using StatHub.Core.Time;

namespace StatHub.Core.Dimensions.Sums;

/// <summary>A row as a JSON object.</summary>
internal static class SumObject
{
    public static void Write(IBufferWriter<byte> output, IReadOnlyList<string> by, long start, SumValues? values, Tally sums)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("start"u8, InstantText.Of(DateTimeOffset.FromUnixTimeMilliseconds(start)));
        json.WriteStartObject("values"u8);
        var at = 0;
        foreach (var name in by)
        {
            if (values is not { } row)
                json.WriteString(name, SumFormat.OtherName);
            else if (row.Next(ref at, out var value))
                json.WriteString(name, value);
            else
                json.WriteNull(name);
        }
        json.WriteEndObject();
        json.WriteNumber("hits"u8, sums.Hits);
        json.WriteNumber("bots"u8, sums.Bots);
        json.WritePropertyName("value"u8);
        json.WriteRawValue(sums.Value.ToString());
        // A client can call a value what we call the rest.
        if (values is null)
            json.WriteBoolean("other"u8, true);
        json.WriteEndObject();
    }
}
