using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StatHub.Contracts.Json;

/// <summary>A decimal number as its literal text, so that no digit of a sum is lost on the way: <c>12</c>, <c>-0.5</c>.</summary>
[JsonConverter(typeof(ExactNumberConverter))]
public readonly record struct ExactNumber
{
    private readonly string? _text;

    private ExactNumber(string text) => _text = text;

    /// <summary>Zero.</summary>
    public static readonly ExactNumber Zero = new("0");

    /// <summary>Takes the text of a JSON number; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ExactNumber number)
    {
        var valid = text is { Length: > 0 } && IsNumber(text);
        number = valid ? new ExactNumber(text!) : default;
        return valid;
    }

    /// <summary>Takes the text of a JSON number.</summary>
    /// <exception cref="FormatException">The text is not a JSON number.</exception>
    public static ExactNumber Parse(string text) =>
        TryParse(text, out var number) ? number : throw new FormatException($"'{text}' is not a JSON number.");

    /// <summary>The number as a decimal.</summary>
    /// <exception cref="OverflowException">It has more digits than a decimal holds.</exception>
    public decimal ToDecimal() => decimal.Parse(ToString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>The literal, as it is in JSON.</summary>
    public override string ToString() => _text ?? "0";

    /// <summary>Whether it is surely a number, as nearly all are: a digit other than zero, or zero alone, digits, and perhaps a point with digits behind it.</summary>
    private static bool IsPlain(ReadOnlySpan<char> text)
    {
        var digits = text[0] == '-' ? text[1..] : text;
        var whole = digits.IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : digits.Length;
        if (whole == 0 || (whole > 1 && digits[0] == '0'))
            return false;
        var fraction = digits[whole..];
        return fraction.IsEmpty || (fraction.Length > 1 && fraction[0] == '.' && !fraction[1..].ContainsAnyExceptInRange('0', '9'));
    }

    private static bool IsNumber(string text)
    {
        if (IsPlain(text))
            return true;
        if (!(char.IsAsciiDigit(text[0]) || text[0] == '-') || !char.IsAsciiDigit(text[^1]))
            return false;
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            return reader.Read() && reader.TokenType == JsonTokenType.Number && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>Writes an <see cref="ExactNumber"/> as a bare JSON number.</summary>
public sealed class ExactNumberConverter : JsonConverter<ExactNumber>
{
    /// <inheritdoc/>
    public override ExactNumber Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number)
            throw new JsonException("A number was expected.");
        var literal = reader.HasValueSequence
            ? Encoding.UTF8.GetString(reader.ValueSequence.ToArray())
            : Encoding.UTF8.GetString(reader.ValueSpan);
        return ExactNumber.Parse(literal);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ExactNumber value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        // Only a checked literal can be in an ExactNumber, so the writer need not check it again.
        writer.WriteRawValue(value.ToString(), skipInputValidation: true);
    }
}
