using System.IO.Compression;
using System.Text;
using StatHub.Core.Tenants;
using StatHub.Storage.Logs;
using StatHub.Storage.Logs.Following;
using StatHub.Tests.Storage;

namespace StatHub.Tests.Logs.Following;

/// <summary>A log that is written, rotated and followed.</summary>
internal sealed class FollowedFolder : IDisposable
{
    private readonly int _batchBytes;
    private readonly string _logs = Directory.CreateTempSubdirectory("stathub followed ").FullName;
    private int _rotated;

    public FollowedFolder(int batchBytes = 64 * 1024)
    {
        _batchBytes = batchBytes;
        Store.Time.Now = new DateTimeOffset(2026, 2, 22, 12, 0, 0, TimeSpan.Zero);
        Follower = Follow();
    }

    public StoreFolder Store { get; } = new();

    public string Log => Path.Combine(_logs, "access.log");

    /// <summary>Another log that is followed.</summary>
    public string Other => Path.Combine(_logs, "access-2.log");

    public LogFollower Follower { get; private set; }

    public int Written { get; private set; }

    public long WrittenBytes { get; private set; }

    public string Rotated(int number) => $"{Log}.{number}";

    /// <summary>Appends the next lines of the sequence.</summary>
    public void Write(int lines, string? file = null) => WriteText(string.Concat(Enumerable.Range(Written, lines).Select(number => Line(number) + "\n")), lines, file);

    public void WriteText(string text, int lines, string? file = null)
    {
        File.AppendAllText(file ?? Log, text);
        Written += lines;
        WrittenBytes += Encoding.UTF8.GetByteCount(text);
    }

    /// <summary>The log becomes <c>.1</c>, that <c>.2</c>, packed or not.</summary>
    public void Rotate()
    {
        for (var number = _rotated; number > 0; number--)
        {
            foreach (var end in (string[])["", ".gz"])
            {
                if (File.Exists(Rotated(number) + end))
                    File.Move(Rotated(number) + end, Rotated(number + 1) + end);
            }
        }
        File.Move(Log, Rotated(1));
        _rotated++;
    }

    /// <summary>Packs a file as gzip does: with its time, and the file goes.</summary>
    public void Pack(int number)
    {
        if (!File.Exists(Rotated(number)))
            return;
        using (var packed = new GZipStream(File.Create(Rotated(number) + ".gz"), CompressionLevel.Fastest))
            packed.Write(File.ReadAllBytes(Rotated(number)));
        File.SetLastWriteTimeUtc(Rotated(number) + ".gz", File.GetLastWriteTimeUtc(Rotated(number)));
        File.Delete(Rotated(number));
    }

    /// <summary>Looks until there is nothing more.</summary>
    public void Look()
    {
        while (Follower.Look())
        {
        }
    }

    /// <summary>As a kill and a start.</summary>
    public void Restart()
    {
        Follower.Dispose();
        Store.Restart();
        Follower = Follow();
    }

    /// <summary>The numbers of all lines that are counted, sorted.</summary>
    public int[] Counted()
    {
        Store.Store.Tail.Run(CancellationToken.None);
        return [.. Store.Raw().Select(NumberOf).Order()];
    }

    public void Dispose()
    {
        Follower.Dispose();
        Store.Dispose();
        Directory.Delete(_logs, recursive: true);
    }

    public static string Line(int number) =>
        $"203.0.113.{number % 250} - - [22/Feb/2026:10:{number / 60 % 60:00}:{number % 60:00} +0000] \"GET /pages/{number} HTTP/1.1\" 200 {number} \"-\" \"Mozilla/5.0\"";

    private static int NumberOf(string hit)
    {
        const string before = "\"tv\":";
        var from = hit.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return int.Parse(hit[from..hit.IndexOf(',', from)], System.Globalization.CultureInfo.InvariantCulture);
    }

    private LogFollower Follow() => Store.Store.LogImports.Follow(
        new LogSource(Log, TenantId.Parse("demo"), new LogRequest(null, null)) { Others = [Other] }, _batchBytes);
}
