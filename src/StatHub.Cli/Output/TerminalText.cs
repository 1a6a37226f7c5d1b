using System.Globalization;
using System.Text;

namespace StatHub.Cli.Output;

/// <summary>Text that came from elsewhere, made harmless for a terminal.</summary>
internal static class TerminalText
{
    /// <summary>
    /// The text with control characters, line ends, and characters that turn or hide other text as escapes such as
    /// <c>\x1b</c> and <c>\u202e</c>.
    /// </summary>
    public static string Of(string text) => Escape(text, keepLineEnds: false);

    /// <summary>The same for several lines: tabs and line ends stay, but not a carriage return that would write over its line.</summary>
    public static string OfLines(string text) => Escape(text, keepLineEnds: true);

    private static string Escape(string text, bool keepLineEnds)
    {
        if (!text.Any(c => IsUnsafe(c)))
            return text;
        var safe = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
                AppendPair(safe, text, i++);
            else if (keepLineEnds && IsLineEnd(text, i))
                safe.Append(text[i]);
            else
                Append(safe, text[i]);
        }
        return safe.ToString();
    }

    private static void Append(StringBuilder safe, char c)
    {
        if (!IsUnsafe(c))
            safe.Append(c);
        else if (c < 0x100)
            safe.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
        else
            safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
    }

    // Tags (U+E0001 …) are invisible text.
    private static void AppendPair(StringBuilder safe, string text, int index)
    {
        var rune = new Rune(text[index], text[index + 1]);
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format)
            safe.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
        else
            safe.Append(text, index, 2);
    }

    private static bool IsLineEnd(string text, int index) => text[index] switch
    {
        '\n' or '\t' => true,
        '\r' => index + 1 < text.Length && text[index + 1] == '\n',
        _ => false,
    };

    // A surrogate is looked at with its other half.
    private static bool IsUnsafe(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}
