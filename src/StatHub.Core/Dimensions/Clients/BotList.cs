using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace StatHub.Core.Dimensions.Clients;

/// <summary>
/// An operator's own bots: words, and a user agent that contains one of them, in capitals or not, is a bot's. They come before the patterns that
/// ship with StatHub.
/// </summary>
public sealed class BotList
{
    /// <summary>The shortest word, in characters: a shorter one is in half of all user agents.</summary>
    public const int LeastCharacters = 3;

    /// <summary>The longest word, in characters.</summary>
    public const int MostCharacters = 200;

    /// <summary>No word.</summary>
    public static readonly BotList None = new([]);

    private readonly SearchValues<string>? _words;

    private BotList(IReadOnlyList<string> words)
    {
        Count = words.Count;
        _words = words.Count == 0 ? null : SearchValues.Create([.. words], StringComparison.OrdinalIgnoreCase);
        Version = words.Count == 0 ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', words))))[..12];
    }

    /// <summary>How many words.</summary>
    public int Count { get; }

    /// <summary>Changes with the words; empty without any.</summary>
    public string Version { get; }

    /// <summary>Reads a list: a word or phrase a line, what follows a <c>#</c> is a comment, empty lines are nothing.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="list">All words; <see cref="None"/> when a line is wrong.</param>
    /// <param name="mistakes">What is wrong, each with the number of its line.</param>
    public static bool TryRead(IEnumerable<string> lines, out BotList list, out IReadOnlyList<string> mistakes)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var words = new SortedSet<string>(StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (var (number, line) in lines.Index())
        {
            var word = line.Split('#')[0].Trim();
            if (word.Length is 0 or >= LeastCharacters and <= MostCharacters)
                words.Add(word);
            else
                wrong.Add($"line {number + 1}: '{(word.Length > 80 ? word[..80] + "…" : word)}' has not {LeastCharacters} to {MostCharacters} characters.");
        }
        words.Remove("");
        mistakes = wrong;
        list = wrong.Count == 0 ? new BotList([.. words]) : None;
        return wrong.Count == 0;
    }

    /// <summary>Whether a user agent contains one of the words.</summary>
    public bool Names(string userAgent) => _words is not null && userAgent.AsSpan().ContainsAny(_words);
}
