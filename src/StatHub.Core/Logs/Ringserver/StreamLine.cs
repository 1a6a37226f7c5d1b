using System.Buffers.Text;

namespace StatHub.Core.Logs.Ringserver;

/// <summary>A stream's line: <c>FR_SURF_00_HHZ/MSEED 21504 42</c>, with bytes and packets.</summary>
internal static class StreamLine
{
    // A hit's value has no more digits.
    private const long MostBytes = 999_999_999_999;

    /// <summary>Takes a line apart; the bytes are told wherever they can be read.</summary>
    public static LogReason Read(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out long bytes, out long packets)
    {
        (bytes, packets) = (0, 0);
        if (!TryTakeWord(ref line, out name) || !TryTakeWord(ref line, out var byteText))
            return LogReason.MissingField;
        if (!TryReadNumber(byteText, out bytes))
            return LogReason.BadBytes;
        if (!TryTakeWord(ref line, out var packetText))
            return LogReason.MissingField;
        if (!TryReadNumber(packetText, out packets))
            return LogReason.BadBytes;
        return line.IsEmpty ? LogReason.None : LogReason.BadStream;
    }

    /// <summary>Whether a number of bytes or packets is one that a hit can have.</summary>
    public static bool IsNumber(long number) => number is >= 0 and <= MostBytes;

    private static bool TryTakeWord(scoped ref ReadOnlySpan<byte> line, out ReadOnlySpan<byte> word)
    {
        var end = line.IndexOf((byte)' ');
        word = end < 0 ? line : line[..end];
        line = end < 0 ? default : line[(end + 1)..].TrimStart((byte)' ');
        return !word.IsEmpty;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> text, out long number)
    {
        var isNumber = Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && text[0] != '+' && IsNumber(number);
        if (!isNumber)
            number = 0;
        return isNumber;
    }
}
