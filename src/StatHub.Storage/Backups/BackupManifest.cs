using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Backups;

/// <summary>What a backup consists of. See docs/formats/backup.md.</summary>
/// <param name="Version">Of this format.</param>
/// <param name="StatHub">The version of the StatHub that made it.</param>
/// <param name="Batch">The last commit that is in it.</param>
/// <param name="MadeAt">The instant that it is of, in Unix milliseconds.</param>
/// <param name="Files">Every other file.</param>
internal sealed partial record BackupManifest(int Version, string StatHub, long Batch, long MadeAt, IReadOnlyList<BackupFile> Files)
{
    public const string FileName = "manifest.json";
    public const int CurrentVersion = 1;

    /// <summary>Writes it into a folder, durably.</summary>
    public void Write(string folder)
    {
        using var file = new FileStream(Path.Combine(folder, FileName), FileMode.CreateNew, FileAccess.Write);
        JsonSerializer.Serialize(file, this, ManifestJson.Default.BackupManifest);
        file.WriteByte((byte)'\n');
        file.Flush(flushToDisk: true);
    }

    /// <summary>Reads that of a backup.</summary>
    /// <exception cref="StoreException">There is none, or it is damaged or of a newer version.</exception>
    public static BackupManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            using var file = File.OpenRead(path);
            CheckVersion(JsonSerializer.Deserialize(file, ManifestJson.Default.ManifestVersion), path);
            file.Position = 0;
            var manifest = JsonSerializer.Deserialize(file, ManifestJson.Default.BackupManifest)
                ?? throw new StoreException($"{path} is damaged: it is empty.");
            manifest.Check(path);
            return manifest;
        }
        catch (JsonException exception)
        {
            throw new StoreException($"{path} is damaged: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StoreException($"{folder} is no whole backup: there is no {FileName} in it.", exception);
        }
    }

    /// <summary>Another version may have other fields.</summary>
    private static void CheckVersion(ManifestVersion? found, string path)
    {
        if (found is { Version: not CurrentVersion })
            throw new StoreException($"{path} has version {found.Version}, this StatHub knows version {CurrentVersion}. Use the StatHub that made the backup{(found.StatHub is { } made ? $", {made}" : "")}.");
    }

    private void Check(string path)
    {
        foreach (var file in Files)
        {
            if (file is null)
                throw new StoreException($"{path} is damaged: it names a file that is none.");
            // A name must not lead anywhere else.
            if (!NamePattern().IsMatch(file.Name) || file.Length < 0)
                throw new StoreException($"{path} is damaged: it names '{file.Name}', which is no file of a backup.");
        }
        if (Files.All(file => file.Name != DatabaseFile.Hits.Name))
            throw new StoreException($"{path} is damaged: it names no {DatabaseFile.Hits.Name}.");
        if (Files.DistinctBy(file => file.Name).Count() != Files.Count)
            throw new StoreException($"{path} is damaged: it names a file twice.");
        if (Files.Aggregate(Int128.Zero, (sum, file) => sum + file.Length) > long.MaxValue / 2)
            throw new StoreException($"{path} is damaged: its files are longer than a disk can be.");
    }

    [GeneratedRegex(@"\A(stathub\.db|stats\.db|stats-archive\.db|logs\.db|alerts\.db|erasures\.jsonl|segments/(removed-segments/)?\d{10}\.jsonl\.gz|(segments|rollups)/[a-z0-9]{1,32}/\d{4}-\d\d-\d\d\.\d+\.jsonl\.gz)\z")]
    private static partial Regex NamePattern();
}

/// <summary>What every version's manifest says.</summary>
internal sealed record ManifestVersion(int Version, string? StatHub = null);

/// <summary>A file of a backup.</summary>
/// <param name="Name">Its name below the backup's folder.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Sha256">The SHA-256 of its bytes, in lower-case hexadecimal.</param>
internal sealed record BackupFile(string Name, long Length, string Sha256);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BackupManifest))]
[JsonSerializable(typeof(ManifestVersion))]
internal sealed partial class ManifestJson : JsonSerializerContext;
