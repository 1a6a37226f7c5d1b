using StatHub.Cli.Rest;

namespace StatHub.Cli.Commands.Hits;

/// <summary>A new file that gets its name once it is whole, and is gone when it does not become so.</summary>
internal sealed class WholeFile : IDisposable
{
    private readonly string _path;
    private readonly string _unfinished;

    public WholeFile(string path)
    {
        _path = path;
        _unfinished = path + ".part";
        if (File.Exists(path))
            throw Exists();
        Content = new FileStream(_unfinished, FileMode.Create, FileAccess.Write, FileShare.Read);
    }

    public Stream Content { get; }

    /// <summary>It is whole: gives it its name, unless somebody made such a file meanwhile.</summary>
    public void Keep()
    {
        Content.Dispose();
        if (File.Exists(_path))
            throw Exists();
        File.Move(_unfinished, _path, overwrite: false);
    }

    public void Dispose()
    {
        Content.Dispose();
        File.Delete(_unfinished);
    }

    private CommandFailure Exists() => CommandFailure.Failed($"There is a file {_path} already; it was left alone.");
}
