using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StatHub.Contracts.Json;

/// <summary>Instants as RFC 3339 in UTC with a <c>Z</c>, milliseconds only where there are some.</summary>
public sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset().ToUniversalTime();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<char> text = stackalloc char[32];
        value.UtcDateTime.TryFormat(text, out var length, Format(value), CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }

    /// <summary>The text that the API writes for an instant.</summary>
    public static string ToText(DateTimeOffset value) =>
        value.UtcDateTime.ToString(Format(value), CultureInfo.InvariantCulture);

    private static string Format(DateTimeOffset value) => value.Ticks % TimeSpan.TicksPerSecond == 0
        ? "yyyy-MM-dd'T'HH:mm:ss'Z'"
        : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
}
