using System.Buffers;
using System.Text.Json;

namespace StatHub.Core.Events;

/// <summary>
/// Copies JSON token by token: every value as it is spelled, without the white space in between. Nothing that is copied looks like the beginning of a
/// journal line: behind the brace of an object whose first name is <c>tenant</c> a space stays.
/// </summary>
internal struct JsonCopy(ArrayBufferWriter<byte> target)
{
    private bool _needsComma;
    private bool _isFirst;

    /// <summary>Copies the token that the reader is at.</summary>
    public void Write(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                Begin();
                target.Write(reader.ValueSpan);
                (_needsComma, _isFirst) = (false, reader.TokenType == JsonTokenType.StartObject);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                target.Write(reader.ValueSpan);
                (_needsComma, _isFirst) = (true, false);
                break;
            case JsonTokenType.PropertyName:
                Begin();
                if (_isFirst && reader.ValueSpan.SequenceEqual("tenant"u8))
                    target.Write(" "u8);
                WriteString(reader.ValueSpan);
                target.Write(":"u8);
                (_needsComma, _isFirst) = (false, false);
                break;
            case JsonTokenType.String:
                Begin();
                WriteString(reader.ValueSpan);
                _needsComma = true;
                break;
            default:
                Begin();
                target.Write(reader.ValueSpan);
                _needsComma = true;
                break;
        }
    }

    /// <summary>Copies the value that the reader is at, whole.</summary>
    public void WriteValue(ref Utf8JsonReader reader)
    {
        Write(ref reader);
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;
        var depth = reader.CurrentDepth;
        while (reader.Read())
        {
            Write(ref reader);
            if (reader.CurrentDepth == depth)
                return;
        }
    }

    /// <summary>Writes a string that is not the reader's.</summary>
    public void WriteText(ReadOnlySpan<byte> escaped)
    {
        Begin();
        WriteString(escaped);
        _needsComma = true;
    }

    /// <summary>Writes a name and a string that are not the reader's.</summary>
    public void WriteMember(ReadOnlySpan<byte> name, ReadOnlySpan<byte> escaped)
    {
        Begin();
        WriteString(name);
        target.Write(":"u8);
        WriteString(escaped);
        _needsComma = true;
    }

    private readonly void Begin()
    {
        if (_needsComma)
            target.Write(","u8);
    }

    private readonly void WriteString(ReadOnlySpan<byte> escaped)
    {
        target.Write("\""u8);
        target.Write(escaped);
        target.Write("\""u8);
    }
}
