using System.Text;

namespace StatHub.Core.Hits;

/// <summary>Any text as a key: <c>/</c> and control characters become <c>_</c>, bytes that are no UTF-8 become U+FFFD, it is cut to 128 bytes, and an empty one becomes <c>_</c>.</summary>
internal static class FoldedKey
{
    /// <summary>Writes the key; its length.</summary>
    /// <param name="text">The text.</param>
    /// <param name="key">Room for <see cref="HitKey.MaxBytes"/>.</param>
    public static int Write(ReadOnlySpan<byte> text, Span<byte> key)
    {
        var length = 0;
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var used);
            text = text[used..];
            var kept = rune.Value == '/' || Rune.IsControl(rune) ? new Rune('_') : rune;
            if (length + kept.Utf8SequenceLength > HitKey.MaxBytes)
                break;
            length += kept.EncodeToUtf8(key[length..]);
        }
        if (length == 0)
            key[length++] = (byte)'_';
        return length;
    }
}
