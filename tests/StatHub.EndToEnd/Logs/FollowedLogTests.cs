using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using StatHub.EndToEnd.Service;

namespace StatHub.EndToEnd.Logs;

/// <summary>A log is written and rotated while the service that follows it is killed again and again.</summary>
public sealed class FollowedLogTests : IDisposable
{
    private const int Kills = 6;
    private const int RotationsBetweenKills = 50;
    private const int Cuts = 250;

    private static readonly int LineLength = Line(0).Length;

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub followed ").FullName;
    private int _rotations;

    private string Log => Path.Combine(_folder, "access.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Kills_and_rotations_lose_and_double_no_line()
    {
        await using var api = await StartAsync();
        var writing = Task.Run(WriteAsync);
        var random = new Random(7);
        for (var kill = 0; kill < Kills; kill++)
        {
            Interlocked.Add(ref _rotations, RotationsBetweenKills);
            await Task.Delay(random.Next(300, 1500));
            await api.KillAsync();
            await api.StartAgainAsync();
        }
        var (written, packed) = await writing;

        packed.Should().BeGreaterThan(Kills * RotationsBetweenKills / 4);
        var source = await SettledAsync(api, written);
        var numbers = await NumbersAsync(api);
        Enumerable.Range(0, (int)written).Except(numbers).Should().BeEmpty($"each line is counted; the service says {source}");
        source.Should().Be(new Source(written, 0, 0));
        numbers.Should().HaveCount((int)written, "none counts twice");
        (await api.LedgerAsync()).Should().Equal(new Dictionary<string, long> { ["counted"] = written });
    }

    [Fact]
    public async Task What_was_counted_and_what_is_told_to_be_cut_away_is_all_that_was_written()
    {
        await using var api = await StartAsync();
        var random = new Random(5);
        long written = LineLength;
        var number = 1;
        for (var cut = 1; cut <= Cuts; cut++)
        {
            var kind = random.Next(3);
            var lines = string.Concat(Enumerable.Range(number, random.Next(1, 40)).Select(Line));
            number += lines.Length / LineLength;
            // What has no end yet is cut away with the rest; of a file that is deleted, or of a copy of what nothing was read of, it would be a line.
            lines += kind == 0 ? Line(0)[..random.Next(1, 20)] : "";
            await File.AppendAllTextAsync(Log, lines);
            written += lines.Length;
            await AccountedAsync(api, written);
            if (cut % (Cuts / Kills) == 0)
            {
                await api.KillAsync();
                await api.StartAgainAsync();
                await AccountedAsync(api, written);
            }
            if (kind == 1)
                File.Copy(Log, $"{Log}.1", overwrite: true);
            if (kind == 2)
                File.Delete(Log);
            await using (var log = new FileStream(Log, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
                log.SetLength(0);
            // Then it is seen while it is empty, and what is written next waits a second to be read: for most of it the next cut is sooner.
            if (cut % 5 == 0)
                await Task.Delay(100);
        }
        await api.WaitAsync(async () => await SourceAsync(api) is var source && source.BehindBytes == 0 && source.Bytes == written, "all to be counted or told");

        var source = await SourceAsync(api);
        var counted = (int)source.Lines;
        var numbers = await NumbersAsync(api);
        numbers.Should().OnlyHaveUniqueItems().And.HaveCount(counted).And.BeSubsetOf(Enumerable.Range(0, number));
        source.TruncatedBytes.Should().BePositive();
        counted.Should().BeLessThan(number, "something was cut away before it was read");
        var ledger = await api.LedgerAsync();
        ledger["counted"].Should().Be(counted);
        ledger.Keys.Should().BeEquivalentTo("counted", "truncated");
    }

    private async Task<ApiServer> StartAsync()
    {
        await File.WriteAllTextAsync(Log, Line(0));
        var api = await ApiServer.StartAsync(
            Path.Combine(_folder, "data"), ("StatHub__Nginx__PidFile", Path.Combine(_folder, "nginx.pid")), ("StatHub__Logs__Sources__0__Path", Log), ("StatHub__Logs__Sources__0__Tenant", "demo"));
        await api.WaitAsync(async () => (await SourceAsync(api)).Lines > 0, "the first line to be taken");
        return api;
    }

    /// <summary>Waits until so many lines are taken, or none is any more.</summary>
    private static async Task<Source> SettledAsync(ApiServer api, long written)
    {
        var last = await SourceAsync(api);
        for (var same = 0; same < 300 && last.Lines < written; same++)
        {
            await Task.Delay(100);
            var now = await SourceAsync(api);
            if (now != last)
                same = 0;
            last = now;
        }
        return last;
    }

    /// <summary>Waits until each byte is counted, told to be cut away, or seen.</summary>
    private static async Task AccountedAsync(ApiServer api, long written)
    {
        var source = await SourceAsync(api);
        try
        {
            await api.WaitAsync(async () => (source = await SourceAsync(api)).Bytes == written, "all that was written to be seen");
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"The service says {source}, {source.Bytes} bytes of {written}.", exception);
        }
    }

    /// <summary>Writes and rotates, up to as often as is allowed by now; how many lines there are, and how many files were packed.</summary>
    private async Task<(long Written, int Packed)> WriteAsync()
    {
        var random = new Random(3);
        var (number, packed) = (1, 0);
        for (var rotation = 1; rotation <= Kills * RotationsBetweenKills; rotation++)
        {
            // A service that is away longer than a few hundred rotations take loses sight of them.
            while (rotation > Volatile.Read(ref _rotations))
                await Task.Delay(5);
            await using (var log = new StreamWriter(Log, append: true))
            {
                for (var lines = random.Next(200); lines > 0; lines--)
                    await log.WriteAsync(Line(number++));
                File.Move(Log, $"{Log}.{rotation}");
                // Workers go on for a while in the file that was renamed.
                await log.WriteAsync(Line(number++));
            }
            if (random.Next(2) == 0 && TryPack($"{Log}.{Math.Max(1, rotation - random.Next(3))}"))
                packed++;
            await Task.Delay(random.Next(60));
        }
        await File.AppendAllTextAsync(Log, Line(number++));
        return (number, packed);
    }

    /// <summary>Packs a file as gzip does: with its time, and the file goes; false where that was done.</summary>
    private static bool TryPack(string file)
    {
        if (!File.Exists(file))
            return false;
        using (var target = new GZipStream(File.Create(file + ".gz"), CompressionLevel.Fastest))
            target.Write(File.ReadAllBytes(file));
        File.SetLastWriteTimeUtc(file + ".gz", File.GetLastWriteTimeUtc(file));
        File.Delete(file);
        return true;
    }

    private static async Task<Source> SourceAsync(ApiServer api)
    {
        var source = (await api.JsonAsync("/api/v1/sources"))[0];
        return new Source(source.GetProperty("lines").GetInt64(), source.GetProperty("truncatedBytes").GetInt64(), source.GetProperty("behindBytes").GetInt64());
    }

    /// <summary>The numbers of all lines that are counted, sorted.</summary>
    private static async Task<List<int>> NumbersAsync(ApiServer api)
    {
        await api.HitsAsync("demo");
        var numbers = new List<int>();
        await using var hits = await api.Client.GetStreamAsync("/api/v1/tenants/demo/hits?from=2026-02-01&to=2026-03-01&format=ndjson");
        using var lines = new StreamReader(hits);
        while (await lines.ReadLineAsync() is { } line)
            numbers.Add(JsonDocument.Parse(line).RootElement.GetProperty("tv").GetInt32());
        numbers.Sort();
        return numbers;
    }

    private static string Line(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"203.0.113.7 - - [22/Feb/2026:10:{number / 60 % 60:00}:{number % 60:00} +0000] \"GET /pages/{number:0000000} HTTP/1.1\" 200 {number:0000000} \"-\" \"Mozilla/5.0\"\n");

    /// <summary>What the service says of the log.</summary>
    private sealed record Source(long Lines, long TruncatedBytes, long BehindBytes)
    {
        public long Bytes => Lines * LineLength + TruncatedBytes + BehindBytes;
    }
}
