using StatHub.Core.Journal;

namespace StatHub.Core.Hits;

/// <summary>A key as it is spelled in stored lines: quotes and backslashes behind a backslash.</summary>
public static class StoredKey
{
    /// <summary>The spelling of a key.</summary>
    public static byte[] Escape(ReadOnlySpan<byte> key)
    {
        var escaped = new byte[key.Length * 2];
        return escaped[..JsonText.Escape(key, escaped)];
    }

    /// <summary>The bytes of a key.</summary>
    public static byte[] Unescape(ReadOnlySpan<byte> escapedKey) =>
        JsonText.TryUnescape(escapedKey, new byte[escapedKey.Length], out var key) ? key.ToArray() : throw new FormatException("It is no stored key.");

    /// <summary>Compares two keys by their bytes.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var at = left.CommonPrefixLength(right);
        if (at == left.Length || at == right.Length)
            return left.Length - right.Length;
        // Where they differ behind a whole character, an escape stands for what follows it.
        var whole = IsWhole(left[..at]);
        return Character(left[at..], whole) - Character(right[at..], whole);
    }

    /// <summary>Where the quote is that ends a key of a line; not within the line when there is none.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">Where the key begins.</param>
    internal static int End(ReadOnlySpan<byte> line, int start)
    {
        var end = start;
        while (end < line.Length && line[end] != (byte)'"')
            end += line[end] == (byte)'\\' ? 2 : 1;
        return end;
    }

    internal static bool TryParse(ReadOnlySpan<byte> escapedKey, out HitKey key)
    {
        key = default;
        if (!JsonText.TryUnescape(escapedKey, new byte[escapedKey.Length], out var utf8) || !(HitKey.IsValid(utf8) || utf8.SequenceEqual(HitKey.OverflowUtf8)))
            return false;
        key = HitKey.FromValidUtf8(utf8);
        return true;
    }

    private static bool IsWhole(ReadOnlySpan<byte> text) => (text.Length - 1 - text.LastIndexOfAnyExcept((byte)'\\')) % 2 == 0;

    private static byte Character(ReadOnlySpan<byte> text, bool whole) => whole && text[0] == (byte)'\\' ? text[1] : text[0];
}
