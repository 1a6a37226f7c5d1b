using StatHub.Core.Dimensions.Referrers;

namespace StatHub.Server.Referrers;

/// <summary>The file of hosts that are no referrers.</summary>
internal static class SpamList
{
    // A file of another kind would be wrong in all of its lines.
    private const int MostMistakes = 10;

    /// <summary>Reads a file; false with what is wrong with it.</summary>
    public static bool TryRead(string path, out HostSet hosts, out IReadOnlyList<string> mistakes)
    {
        hosts = HostSet.None;
        try
        {
            if (HostSet.TryRead(File.ReadLines(path), out hosts, out var wrong))
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
