using System.Text.Json;

namespace StatHub.Core.Journal;

/// <summary>
/// The few steps of JSON's grammar that a flat journal line needs. Each takes the place where a token begins and returns
/// the place behind it, or -1 where the text is not JSON.
/// </summary>
internal static class JsonScan
{
    /// <summary>Behind a string that begins with the quote at <paramref name="at"/>.</summary>
    public static int String(ReadOnlySpan<byte> line, int at, LineMarks marks)
    {
        for (var i = marks.Next(at + 1); i < line.Length; i = marks.Next(i))
        {
            if (line[i] == '"')
                return i + 1;
            i = Escape(line, i);
            if (i < 0)
                return -1;
        }
        return -1;
    }

    /// <summary>Behind any value.</summary>
    public static int Value(ReadOnlySpan<byte> line, int at, LineMarks marks)
    {
        if (at >= line.Length)
            return -1;
        var first = line[at];
        return first switch
        {
            (byte)'"' => String(line, at, marks),
            (byte)'-' or (>= (byte)'0' and <= (byte)'9') => Number(line, at),
            _ => Other(line, at),
        };
    }

    public static int SkipSpace(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && line[at] == ' ')
            at++;
        return at;
    }

    private static int Escape(ReadOnlySpan<byte> line, int backslash)
    {
        if (backslash + 1 >= line.Length)
            return -1;
        switch (line[backslash + 1])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return backslash + 2;
            case (byte)'u' when backslash + 6 <= line.Length:
                foreach (var c in line.Slice(backslash + 2, 4))
                {
                    if (!char.IsAsciiHexDigit((char)c))
                        return -1;
                }
                return backslash + 6;
            default:
                return -1;
        }
    }

    private static int Number(ReadOnlySpan<byte> line, int at)
    {
        var i = line[at] == '-' ? at + 1 : at;
        var whole = Digits(line, i);
        if (whole == i || (line[i] == '0' && whole > i + 1))
            return -1;
        i = whole;
        if (i < line.Length && line[i] == '.')
        {
            var fraction = Digits(line, i + 1);
            if (fraction == i + 1)
                return -1;
            i = fraction;
        }
        if (i >= line.Length || (line[i] | 0x20) != 'e')
            return i;
        i++;
        if (i < line.Length && line[i] is (byte)'+' or (byte)'-')
            i++;
        var exponent = Digits(line, i);
        return exponent == i ? -1 : exponent;
    }

    private static int Digits(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && char.IsAsciiDigit((char)line[at]))
            at++;
        return at;
    }

    /// <summary>Literals, arrays and objects: only hand-made configurations have them, so the framework's reader will do.</summary>
    private static int Other(ReadOnlySpan<byte> line, int at)
    {
        var reader = new Utf8JsonReader(line[at..], new JsonReaderOptions { AllowMultipleValues = true });
        try
        {
            return reader.Read() && reader.TrySkip() ? at + (int)reader.BytesConsumed : -1;
        }
        catch (JsonException)
        {
            return -1;
        }
    }
}
