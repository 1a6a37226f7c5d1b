namespace StatHub.Core.Dimensions;

/// <summary>The visitor's language, as <c>Accept-Language</c> tells it.</summary>
public static class LanguageTag
{
    /// <summary>The longest tag that <see cref="TryRead"/> writes: <c>abc-123</c>.</summary>
    public const int MaxBytes = 7;

    /// <summary>
    /// Reads the first language of the header: two or three letters in lower case, and the region in upper case where there is
    /// one, as in <c>en-US</c>. Script and variants are left out.
    /// </summary>
    /// <param name="acceptLanguage">The header's text; any bytes.</param>
    /// <param name="target">At least <see cref="MaxBytes"/> long.</param>
    /// <param name="length">How many bytes were written.</param>
    public static bool TryRead(ReadOnlySpan<byte> acceptLanguage, Span<byte> target, out int length)
    {
        length = 0;
        var tag = First(acceptLanguage);
        var primary = NextPart(ref tag);
        if (primary.Length is not (2 or 3) || !IsLetters(primary))
            return false;
        foreach (var c in primary)
            target[length++] = (byte)char.ToLowerInvariant((char)c);
        var region = FindRegion(tag);
        if (region.IsEmpty)
            return true;
        target[length++] = (byte)'-';
        foreach (var c in region)
            target[length++] = (byte)char.ToUpperInvariant((char)c);
        return true;
    }

    /// <summary>The language of a tag without its region.</summary>
    public static ReadOnlySpan<byte> Primary(ReadOnlySpan<byte> tag) => NextPart(ref tag);

    /// <summary>The region of a tag that <see cref="TryRead"/> wrote; empty when it has none.</summary>
    public static ReadOnlySpan<byte> Region(ReadOnlySpan<byte> tag)
    {
        NextPart(ref tag);
        return tag;
    }

    private static ReadOnlySpan<byte> First(ReadOnlySpan<byte> acceptLanguage)
    {
        var end = acceptLanguage.IndexOfAny((byte)',', (byte)';');
        return (end < 0 ? acceptLanguage : acceptLanguage[..end]).Trim((byte)' ');
    }

    private static ReadOnlySpan<byte> NextPart(scoped ref ReadOnlySpan<byte> tag)
    {
        var end = tag.IndexOfAny((byte)'-', (byte)'_');
        var part = end < 0 ? tag : tag[..end];
        tag = end < 0 ? [] : tag[(end + 1)..];
        return part;
    }

    /// <summary>Two letters or three digits; a script (four letters) and extended languages (three) may stand before it.</summary>
    private static ReadOnlySpan<byte> FindRegion(ReadOnlySpan<byte> tag)
    {
        while (!tag.IsEmpty)
        {
            var part = NextPart(ref tag);
            if ((part.Length == 2 && IsLetters(part)) || (part.Length == 3 && part.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0))
                return part;
            if (part.Length is not (3 or 4) || !IsLetters(part))
                return [];
        }
        return [];
    }

    private static bool IsLetters(ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetter((char)c))
                return false;
        }
        return true;
    }
}
