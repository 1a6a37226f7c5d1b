using System.Globalization;
using System.Security.Cryptography;
using StatHub.Core.Privacy;
using StatHub.Core.Sketches;
using StatHub.Core.Time;
using StatHub.Storage.Posix;

namespace StatHub.Storage.Visitors;

/// <summary>
/// The salt of each UTC day in a file of its own, so that no copy of the database has it, and destroying it is removing a file. A salt is durable
/// before the first hit that it was used for is committed: after a crash the same visitors are the same.
/// </summary>
internal sealed class SaltFolder : IVisitorSalts
{
    private const string NameFormat = "yyyy-MM-dd";

    /// <summary>How long a salt is kept after its day: hits that come late are then still of the visitors they are of.</summary>
    private static readonly TimeSpan KeptAfterDay = TimeSpan.FromHours(48);

    private readonly string _path;
    private readonly Dictionary<int, byte[]> _salts = [];
    private byte[] _last = [];
    private int _lastDay = -1;

    public SaltFolder(string path)
    {
        _path = path;
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(path))
        {
            if (DateOnly.TryParseExact(Path.GetFileName(file), NameFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
                _salts[UtcDay.Of(date)] = Read(file);
            else
                File.Delete(file);
        }
    }

    public ReadOnlySpan<byte> Of(int day)
    {
        if (day != _lastDay)
        {
            if (!_salts.TryGetValue(day, out var salt))
                _salts[day] = salt = Make(day);
            (_last, _lastDay) = (salt, day);
        }
        return _last;
    }

    /// <summary>Destroys the salts that are not needed any more. Call it only when everything that was in the journal is committed.</summary>
    public void DestroyOld(DateTimeOffset now)
    {
        foreach (var day in _salts.Keys.Where(day => DateTimeOffset.UnixEpoch.AddDays(day + 1) + KeptAfterDay <= now).ToList())
        {
            Destroy(PathOf(day));
            CryptographicOperations.ZeroMemory(_salts[day]);
            _salts.Remove(day);
            _lastDay = -1;
        }
    }

    private string PathOf(int day) => Path.Combine(_path, UtcDay.Date(day).ToString(NameFormat, CultureInfo.InvariantCulture));

    private byte[] Make(int day)
    {
        var salt = RandomNumberGenerator.GetBytes(VisitorHash.SaltBytes);
        var made = PathOf(day) + ".new";
        using (var file = new FileStream(made, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(salt);
            file.Flush(flushToDisk: true);
        }
        File.Move(made, PathOf(day));
        Libc.SyncFolder(_path);
        return salt;
    }

    private static byte[] Read(string file)
    {
        var salt = File.ReadAllBytes(file);
        return salt.Length == VisitorHash.SaltBytes
            ? salt
            : throw new StoreException($"The salt {Path.GetFileName(file)} has {salt.Length} bytes and not {VisitorHash.SaltBytes}. Remove it: visitors of its day are then counted anew.");
    }

    /// <summary>Overwritten first: a removed file's blocks stay as they are until something else is written there.</summary>
    private void Destroy(string file)
    {
        using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write))
        {
            RandomAccess.Write(handle, new byte[VisitorHash.SaltBytes], 0);
            RandomAccess.FlushToDisk(handle);
        }
        File.Delete(file);
        Libc.SyncFolder(_path);
    }
}
