using System.Buffers;

namespace StatHub.Storage.Logs.Following;

/// <summary>
/// The names of a followed log's rotated files: <c>access.log.1</c>, <c>access.log-20261122.gz</c>, <c>access.log.old</c>, <c>access-2026-11-22T10-00-00.000.log</c>. What else is in its
/// folder, other sources and their files among it, is not the log's.
/// </summary>
/// <param name="path">The log.</param>
/// <param name="others">Other logs that are followed.</param>
internal sealed class LogNames(string path, IReadOnlyCollection<string> others)
{
    private const string Packed = ".gz";
    private const string Old = ".old";
    private const string Separators = ".-_";

    private static readonly SearchValues<char> OfInstants = SearchValues.Create("0123456789.-_:+TZ");

    private readonly string _folder = Path.GetDirectoryName(path)!;
    private readonly string _name = Path.GetFileName(path);
    private readonly List<LogNames> _longer = [.. others.Where(other => other.Length > path.Length).Select(other => new LogNames(other, []))];

    /// <summary>Whether a file of its folder is one of its rotated ones.</summary>
    public bool IsRotated(string name)
    {
        var file = Path.Combine(_folder, name);
        // access-2-20261122.log may be of access.log, and is access-2.log's where that is followed, too.
        return Matches(name) && !others.Contains(file) && !_longer.Any(other => other._folder == _folder && other.Matches(name));
    }

    private bool Matches(string name)
    {
        var isPacked = name.EndsWith(Packed, StringComparison.Ordinal);
        var rest = isPacked ? name.AsSpan(..^Packed.Length) : name;
        if (rest.StartsWith(_name, StringComparison.Ordinal))
            return rest.Length == _name.Length ? isPacked : rest[_name.Length..] is Old || IsNumberOrDate(rest[_name.Length..]);
        var stem = Path.GetFileNameWithoutExtension(_name);
        var end = Path.GetExtension(_name);
        return rest.Length > stem.Length + end.Length && rest.StartsWith(stem, StringComparison.Ordinal) && rest.EndsWith(end, StringComparison.Ordinal)
            && IsNumberOrDate(rest[stem.Length..^end.Length]);
    }

    /// <summary>A separator and a number, a date or an instant.</summary>
    private static bool IsNumberOrDate(ReadOnlySpan<char> text) => text.Length >= 2 && Separators.Contains(text[0], StringComparison.Ordinal) && char.IsAsciiDigit(text[1])
        && !text[2..].ContainsAnyExcept(OfInstants);
}
