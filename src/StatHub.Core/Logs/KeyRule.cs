using System.Diagnostics.CodeAnalysis;
using System.Text;
using StatHub.Core.Hits;

namespace StatHub.Core.Logs;

/// <summary>
/// Which key a line of a log counts for: a text with <c>{section}</c>, <c>{path}</c>, <c>{host}</c>, <c>{method}</c> and <c>{status}</c> in it. The first slash of a section or
/// path is left out, other slashes become <c>_</c>, and what is <c>/</c> itself is <c>(root)</c>; what is missing is <c>(none)</c>. Keys are cut to 128 bytes. What begins with <c>~</c> is a regular
/// expression instead, whose group <c>key</c> finds the key in a path; a path that it does not match counts as <c>(other)</c>.
/// </summary>
public sealed class KeyRule
{
    /// <summary>What is counted of access logs where nothing is said.</summary>
    public const string Usual = "{section}";

    private static readonly string[] Fields = ["section", "path", "host", "method", "status"];

    /// <summary>The longest regular expression, in characters.</summary>
    public const int LongestPattern = 500;

    private readonly List<(byte[]? Text, string? Field)> _parts;
    private readonly KeyPattern? _pattern;

    private KeyRule(string text, List<(byte[]?, string?)> parts, KeyPattern? pattern = null) => (Text, _parts, _pattern) = (text, parts, pattern);

    /// <summary>The rule as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a rule; where it is none the error says why.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out KeyRule? rule, [NotNullWhen(false)] out string? error)
    {
        (rule, error) = (null, null);
        if (text.StartsWith('~'))
            return TryParsePattern(text, out rule, out error);
        var parts = new List<(byte[]?, string?)>();
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('{', at);
            var fixedText = text[at..(open < 0 ? text.Length : open)];
            if (fixedText.Contains('/') || fixedText.Contains('}') || fixedText.Any(char.IsControl))
            {
                error = "It has a '/', a '}' or a control character, which no key has.";
                return false;
            }
            if (fixedText.Length > 0)
                parts.Add((Encoding.UTF8.GetBytes(fixedText), null));
            if (open < 0)
                break;
            var close = text.IndexOf('}', open);
            var field = close < 0 ? "" : text[(open + 1)..close];
            if (!Fields.Contains(field))
            {
                error = $"At character {open + 1} there is none of {string.Join(", ", Fields.Select(known => "{" + known + "}"))}.";
                return false;
            }
            parts.Add((null, field));
            at = close + 1;
        }
        if (parts.Count == 0 || text.Length > HitKey.MaxBytes)
        {
            error = $"It has 1 to {HitKey.MaxBytes} characters.";
            return false;
        }
        rule = new KeyRule(text, parts);
        return true;
    }

    private static bool TryParsePattern(string text, [NotNullWhen(true)] out KeyRule? rule, [NotNullWhen(false)] out string? error)
    {
        (rule, error) = (null, $"A regular expression has at most {LongestPattern} characters.");
        if (text.Length - 1 <= LongestPattern && KeyPattern.TryParse(text[1..], out var pattern, out error))
            rule = new KeyRule(text, [], pattern);
        return rule is not null;
    }

    /// <summary>Writes the key of an entry; its length.</summary>
    /// <param name="entry">A line of a log.</param>
    /// <param name="key">Room for <see cref="HitKey.MaxBytes"/>.</param>
    public int Write(in LogEntry entry, Span<byte> key)
    {
        Span<byte> number = stackalloc byte[3];
        Span<byte> text = stackalloc byte[4 * HitKey.MaxBytes];
        var length = _pattern?.Write(entry.Path, text) ?? 0;
        if (_pattern is not null && length == 0)
            "(other)"u8.CopyTo(text[..(length = "(other)"u8.Length)]);
        foreach (var (fixedText, field) in _parts)
        {
            ReadOnlySpan<byte> part = field switch
            {
                null => fixedText,
                "section" => WithoutSlash(entry.Section),
                "path" => WithoutSlash(entry.Path),
                "host" => entry.Host,
                "method" => entry.Method,
                _ => Digits(entry.Status, number),
            };
            if (part.IsEmpty)
                part = "(none)"u8;
            // More than a key can have is of no use here; three bytes of an encoded one are one of the key.
            part = part[..Math.Min(part.Length, text.Length - length)];
            part.CopyTo(text[length..]);
            length += part.Length;
        }
        var decoded = QueryArgs.DecodePercent(text[..length], text);
        return FoldedKey.Write(decoded, key);
    }

    private static ReadOnlySpan<byte> WithoutSlash(ReadOnlySpan<byte> path) => path.SequenceEqual("/"u8) ? "(root)"u8 : path.StartsWith("/"u8) ? path[1..] : path;

    private static Span<byte> Digits(int status, Span<byte> target)
    {
        for (var at = 2; at >= 0; at--, status /= 10)
            target[at] = (byte)('0' + status % 10);
        return target;
    }
}
