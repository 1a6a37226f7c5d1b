using System.Buffers;
using System.Text.Json;
using StatHub.Core.Stats;

namespace StatHub.Server.Stats;

/// <summary>Reads the body of an update. What is wrong is noted in the builder.</summary>
internal static class UpdateReader
{
    private static readonly string[] Fields = ["dims", "counters", "increments", "gauges", "members", "multiMembers"];

    public static void Read(ReadOnlySequence<byte> body, StatUpdateBuilder builder)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
                ReadFields(ref reader, builder);
            else if (reader.TokenType != JsonTokenType.Null)
                builder.Refuse("The body is a JSON object.");
            // Anything behind it is an error of the reader's.
            if (builder.Error is null)
                reader.Read();
        }
        catch (JsonException exception)
        {
            builder.Refuse($"The body is not JSON, at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }
        catch (InvalidOperationException)
        {
            builder.Refuse("The body has text that is not UTF-8.");
        }
    }

    private static void ReadFields(ref Utf8JsonReader reader, StatUpdateBuilder builder)
    {
        while (builder.Error is null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = Field(ref reader);
            reader.Read();
            switch (field)
            {
                case "dims":
                    ReadTexts(ref reader, builder, field, builder.Dim);
                    break;
                case "counters":
                    ReadNumbers(ref reader, builder, field, builder.Counter);
                    break;
                case "increments":
                    ReadNumbers(ref reader, builder, field, builder.Increment);
                    break;
                case "gauges":
                    ReadNumbers(ref reader, builder, field, builder.Gauge);
                    break;
                case "members":
                    ReadTexts(ref reader, builder, field, builder.Member);
                    break;
                case "multiMembers":
                    ReadLists(ref reader, builder);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    /// <summary>The name of a field as this service spells it; empty when it is none.</summary>
    private static string Field(ref Utf8JsonReader reader)
    {
        foreach (var field in Fields)
        {
            if (reader.ValueTextEquals(field))
                return field;
        }
        var name = reader.GetString()!;
        return Array.Find(Fields, field => field.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? "";
    }

    private static void ReadNumbers(ref Utf8JsonReader reader, StatUpdateBuilder builder, string field, Action<string, long> take)
    {
        while (IsNext(ref reader, builder, field, out var name))
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
                take(name, number);
            else
                builder.Refuse($"{field}.{name} is a whole number of 64 bits.");
        }
    }

    private static void ReadTexts(ref Utf8JsonReader reader, StatUpdateBuilder builder, string field, Action<string, string> take)
    {
        while (IsNext(ref reader, builder, field, out var name))
        {
            if (reader.TokenType == JsonTokenType.String)
                take(name, reader.GetString()!);
            else
                builder.Refuse($"{field}.{name} is a string.");
        }
    }

    private static void ReadLists(ref Utf8JsonReader reader, StatUpdateBuilder builder)
    {
        while (IsNext(ref reader, builder, "multiMembers", out var name))
        {
            var members = new List<string>();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.String)
                    members.Add(reader.GetString()!);
                if (reader.TokenType != JsonTokenType.EndArray)
                    builder.Refuse($"multiMembers.{name} is an array of strings.");
            }
            // Clients write a list that is empty as null.
            else if (reader.TokenType != JsonTokenType.Null)
            {
                builder.Refuse($"multiMembers.{name} is an array of strings.");
            }
            builder.Members(name, members);
        }
    }

    /// <summary>Goes on to the next value of a field that is an object, or null; false when there is none, or something is wrong.</summary>
    private static bool IsNext(ref Utf8JsonReader reader, StatUpdateBuilder builder, string field, out string name)
    {
        name = "";
        if (builder.Error is not null || reader.TokenType == JsonTokenType.Null && reader.CurrentDepth == 1)
            return false;
        // On the value of the field it begins; on a value within it goes on.
        if (reader.CurrentDepth == 1 && reader.TokenType != JsonTokenType.StartObject)
        {
            builder.Refuse($"{field} is a JSON object.");
            return false;
        }
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName)
            return false;
        name = reader.GetString()!;
        reader.Read();
        return true;
    }
}
