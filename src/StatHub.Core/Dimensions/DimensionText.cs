using System.Buffers;
using System.Globalization;
using System.Text;

namespace StatHub.Core.Dimensions;

/// <summary>What a client's text has to become before it is the value of a dimension.</summary>
public static class DimensionText
{
    /// <summary>The longest value, in bytes of UTF-8.</summary>
    public const int MaxBytes = 255;

    /// <summary>
    /// Leaves out control characters, line separators and what is not UTF-8, trims white space, and cuts at the last whole
    /// character within <see cref="MaxBytes"/>.
    /// </summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="target">At least <see cref="MaxBytes"/> long.</param>
    /// <returns>The clean text: the input itself or a part of it where that is clean already.</returns>
    public static ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> text, Span<byte> target)
    {
        if (text.IndexOfAnyExceptInRange((byte)' ', (byte)'~') >= 0)
            return CleanRunes(text, target);
        text = text.TrimStart((byte)' ');
        return text[..Math.Min(text.Length, MaxBytes)].TrimEnd((byte)' ');
    }

    private static ReadOnlySpan<byte> CleanRunes(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var length = 0;
        var end = 0;
        while (!text.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf8(text, out var rune, out var used) == OperationStatus.Done;
            text = text[used..];
            if (!valid || IsLeftOut(rune))
                continue;
            var isSpace = Rune.IsWhiteSpace(rune);
            if (isSpace && length == 0)
                continue;
            if (length + rune.Utf8SequenceLength > MaxBytes)
                break;
            length += rune.EncodeToUtf8(target[length..]);
            if (!isSpace)
                end = length;
        }
        return target[..end];
    }

    private static bool IsLeftOut(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
