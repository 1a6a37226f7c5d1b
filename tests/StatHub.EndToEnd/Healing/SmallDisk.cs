using StatHub.EndToEnd.Docker;

namespace StatHub.EndToEnd.Healing;

/// <summary>A disk that a test can fill, and a data folder of which some parts are on it.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private static readonly string[] Parts = ["journal", "nginx", "segments"];

    private readonly string _root;

    private SmallDisk(string root) => _root = root;

    /// <summary>The data folder.</summary>
    public string Data { get; private set; } = "";

    private string Small => Path.Combine(_root, "small");

    private string Filler => Path.Combine(Small, "filler");

    /// <summary>Mounts the disk and puts a part on it: <c>journal</c>, <c>segments</c>, or <c>database</c>, which is the data folder itself.</summary>
    public static async Task<SmallDisk> MountAsync(string part)
    {
        var disk = new SmallDisk(Directory.CreateTempSubdirectory("stathub disk ").FullName);
        Directory.CreateDirectory(disk.Small);
        await new Command("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk.Small).RunAsync();
        disk.Data = Directory.CreateDirectory(Path.Combine(disk.Home(part == "database"), "data")).FullName;
        foreach (var name in Parts)
            Directory.CreateSymbolicLink(Path.Combine(disk.Data, name), Directory.CreateDirectory(Path.Combine(disk.Home(part == name), name)).FullName);
        return disk;
    }

    /// <summary>Takes every byte that is left.</summary>
    public void Fill()
    {
        using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var bytes = new byte[64 * 1024];
        try
        {
            while (true)
                filler.Write(bytes);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives it all back.</summary>
    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        // Lazily: a process that was just killed may have its folder there for another moment.
        await new Command("umount", "--lazy", Small).RunAsync();
        Directory.Delete(_root, recursive: true);
    }

    private string Home(bool small) => small ? Small : Path.Combine(_root, "roomy");
}
