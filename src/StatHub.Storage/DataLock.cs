namespace StatHub.Storage;

/// <summary>One process owns a data folder: it holds the file <c>lock</c>.</summary>
internal static class DataLock
{
    /// <summary>Takes the lock of a folder, until it is disposed.</summary>
    /// <exception cref="StoreException">Another process has it.</exception>
    public static FileStream Take(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new StoreException($"The data folder {folder} is in use by another StatHub. Stop that one, or choose another folder.", exception);
        }
    }
}
