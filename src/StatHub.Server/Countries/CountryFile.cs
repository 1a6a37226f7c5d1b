using System.Diagnostics.CodeAnalysis;
using StatHub.Core.Dimensions.Countries;

namespace StatHub.Server.Countries;

/// <summary>The file that countries come from. Another one may take its place at any time; one that is of no use does not.</summary>
internal sealed class CountryFile
{
    private (DateTime WrittenAt, long Length) _seen;

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It is of no use; the message says why.</exception>
    public CountryFile(string path)
    {
        Path = path;
        _seen = Look();
        if (!TryRead(path, out var database, out var mistake))
            throw new InvalidDataException(mistake);
        Source = new CountrySource(database);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The database of the file that was last of use.</summary>
    public CountrySource Source { get; }

    /// <summary>Reads a file, and says what is wrong with it.</summary>
    public static bool TryRead(string path, [NotNullWhen(true)] out CountryDatabase? database, [NotNullWhen(false)] out string? mistake)
    {
        (database, mistake) = (null, null);
        try
        {
            // All of it: a mapping would change under readers, or vanish, when somebody copies over the file.
            database = CountryDatabase.Open(File.ReadAllBytes(path));
            if (!database.HasCountries())
                mistake = $"{path} has no countries: it is a {database.Type}.";
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            mistake = $"There is no file {path}.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            mistake = $"{path} cannot be used. {exception.Message}";
        }
        if (mistake is not null)
            database = null;
        return database is not null;
    }

    /// <summary>Looks whether the file is another than before, and reads it then; true when its database is in use now.</summary>
    /// <param name="mistake">Why the old database stays although the file has changed; told once for each change.</param>
    public bool Refresh(out string? mistake)
    {
        mistake = null;
        // Looked at before it is read: what is written meanwhile is a change for the next look.
        var now = Look();
        if (now == _seen)
            return false;
        _seen = now;
        if (!TryRead(Path, out var database, out mistake))
            return false;
        Source.Database = database;
        return true;
    }

    private (DateTime WrittenAt, long Length) Look()
    {
        var file = new FileInfo(Path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
