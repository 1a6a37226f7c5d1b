using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace StatHub.Core.Logs;

/// <summary>A regular expression that finds a key in a path, in time that grows with the path's length alone.</summary>
internal sealed class KeyPattern
{
    /// <summary>The group that is the key.</summary>
    public const string Group = "key";

    private const int LongestPath = 4096;

    private readonly Regex _pattern;

    private KeyPattern(Regex pattern) => _pattern = pattern;

    /// <summary>Reads a pattern; where it is none the error says why.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out KeyPattern? pattern, [NotNullWhen(false)] out string? error)
    {
        (pattern, error) = (null, null);
        try
        {
            var regex = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            if (regex.GetGroupNames().Contains(Group))
                pattern = new KeyPattern(regex);
            else
                error = $"It has no group (?<{Group}>…), which is the key.";
        }
        catch (ArgumentException exception)
        {
            error = $"It is no regular expression: {exception.Message}";
        }
        catch (NotSupportedException exception)
        {
            // What only a search that goes back could find, and what would take too much memory.
            error = $"It is too much of a regular expression: {exception.Message}";
        }
        return pattern is not null;
    }

    /// <summary>Writes what the group matched in a path, as far as there is room; 0 where nothing did.</summary>
    public int Write(ReadOnlySpan<byte> path, Span<byte> target)
    {
        var match = _pattern.Match(Encoding.UTF8.GetString(path[..Math.Min(path.Length, LongestPath)]));
        if (!match.Success)
            return 0;
        var length = 0;
        foreach (var rune in match.Groups[Group].ValueSpan.EnumerateRunes())
        {
            if (!rune.TryEncodeToUtf8(target[length..], out var written))
                break;
            length += written;
        }
        return length;
    }
}
