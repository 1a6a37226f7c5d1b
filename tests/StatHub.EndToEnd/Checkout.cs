namespace StatHub.EndToEnd;

/// <summary>Where the sources are.</summary>
public static class Checkout
{
    /// <summary>The folder with StatHub.sln.</summary>
    public static string Folder { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StatHub.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("No folder above the tests has a StatHub.sln.");
    }
}
