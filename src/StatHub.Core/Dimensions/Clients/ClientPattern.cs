using System.Text;
using System.Text.RegularExpressions;

namespace StatHub.Core.Dimensions.Clients;

/// <summary>
/// One line of a pattern file: a regular expression, and the name of what it matches, in which <c>$1</c> to <c>$9</c> stand for
/// its groups. The expression is made when it is first needed: a process that sees a hundred user agents needs a tenth of them.
/// </summary>
internal sealed class ClientPattern(string pattern, string name, bool ignoreCase)
{
    // Half of the crawlers are plain words.
    private readonly string? _word = ignoreCase ? null : Word(pattern);
    private readonly bool _hasGroups = name.Contains('$', StringComparison.Ordinal);
    private Regex? _regex;

    /// <summary>The expression as it stands in the file.</summary>
    public string Pattern => pattern;

    /// <summary>The name as it stands in the file.</summary>
    public string Name => name;

    /// <summary>Lower-case texts of which one is in everything that it matches; null when none are known.</summary>
    public IReadOnlyList<string>? Literals() => _word is null ? RequiredLiterals.Of(pattern) : [_word.ToLowerInvariant()];

    /// <summary>Reads a line of a pattern file: expression, name, flags, with tabs between them.</summary>
    public static ClientPattern Parse(string line)
    {
        var columns = line.Split('\t');
        return new ClientPattern(columns[0], columns[1], columns.Length > 2 && columns[2] == "i");
    }

    /// <summary>Whether the text has it.</summary>
    public bool IsIn(string text) => _word is null ? Expression().IsMatch(text) : text.Contains(_word, StringComparison.Ordinal);

    /// <summary>The name of what is in the text; null when it is not.</summary>
    public string? NameIn(string text)
    {
        if (!_hasGroups)
            return IsIn(text) ? name : null;
        var match = Expression().Match(text);
        return match.Success ? Fill(match).Trim() : null;
    }

    // Several threads may make it at once; any of them will do.
    private Regex Expression() => _regex ??= new Regex(pattern, Options());

    private RegexOptions Options() => RegexOptions.CultureInvariant
        | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None)
        | (BeginsAnywhere ? RegexOptions.Compiled : RegexOptions.None);

    // It is tried at every place up to some limit, with whatever follows tried at each in many lengths: the dearest there are on a text
    // that was made for them. Compiled they answer the same, in a tenth of the time.
    private bool BeginsAnywhere => pattern.StartsWith("^.{0,", StringComparison.Ordinal);

    private string Fill(Match match)
    {
        var filled = name;
        for (var group = 1; group <= 9 && filled.Contains('$', StringComparison.Ordinal); group++)
            filled = filled.Replace($"${group}", match.Groups[group].Value, StringComparison.Ordinal);
        return filled;
    }

    /// <summary>What the expression matches where it has no operator.</summary>
    private static string? Word(string pattern)
    {
        var word = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length && !char.IsLetterOrDigit(pattern[i + 1]))
                c = pattern[++i];
            else if ("\\^$.|?*+()[]{}".Contains(c, StringComparison.Ordinal))
                return null;
            word.Append(c);
        }
        return word.ToString();
    }
}
