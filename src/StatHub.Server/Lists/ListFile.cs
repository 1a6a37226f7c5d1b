using Microsoft.Extensions.Options;

namespace StatHub.Server.Lists;

/// <summary>A file with an operator's list.</summary>
internal static class ListFile
{
    // A file of another kind would be wrong in all of its lines.
    private const int MostMistakes = 10;

    /// <summary>Understands the lines of a file; false with what is wrong, each with the number of its line.</summary>
    public delegate bool Reading<T>(IEnumerable<string> lines, out T list, out IReadOnlyList<string> mistakes);

    /// <summary>Says what is wrong with the file that a setting names, if it names one.</summary>
    public static ValidateOptionsResult Validate<T>(string? path, Reading<T> reading, string setting) =>
        string.IsNullOrWhiteSpace(path) || TryRead(path, reading, out _, out var mistakes)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(mistakes.Select(mistake => $"{setting}: {mistake}"));

    /// <summary>Reads a file; false with what is wrong with it.</summary>
    public static bool TryRead<T>(string path, Reading<T> reading, out T? list, out IReadOnlyList<string> mistakes)
    {
        list = default;
        try
        {
            if (reading(File.ReadLines(path), out list, out var wrong))
            {
                mistakes = [];
                return true;
            }
            mistakes = [.. wrong.Take(MostMistakes).Select(line => $"{path}, {line}")];
            if (wrong.Count > MostMistakes)
                mistakes = [.. mistakes, $"{path} has {wrong.Count - MostMistakes} more such lines."];
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            mistakes = [$"There is no file {path}."];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            mistakes = [$"{path} cannot be read. {exception.Message}"];
        }
        return false;
    }
}
