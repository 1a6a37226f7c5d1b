using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Sketches;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;

namespace StatHub.EndToEnd.Crash;

/// <summary>A data folder whose ingest runs in another process, and what its journal holds in all: the oracle.</summary>
public sealed class CrashFolder : IDisposable
{
    /// <summary>The exit code of who was killed: 128 + SIGKILL, as .NET reports it.</summary>
    public const int Killed = 137;

    private readonly List<string> _keys = [];
    private int _cuts;

    public CrashFolder()
    {
        Path = Directory.CreateTempSubdirectory("stathub crash ").FullName;
        Directory.CreateDirectory(Journal);
    }

    public string Path { get; }

    public string Journal => System.IO.Path.Combine(Path, "journal");

    public string Live => System.IO.Path.Combine(Journal, JournalFileName.Live);

    /// <summary>How many lines that are no hits were written.</summary>
    public int Torn { get; private set; }

    /// <summary>How many hits were written.</summary>
    public int Hits => _keys.Count;

    /// <summary>The program, copied to a folder that every user may read.</summary>
    public static string CrashDll { get; } = System.IO.Path.Combine(
        Checkout.Folder, "artifacts", "bin", "StatHub.Crash", new DirectoryInfo(AppContext.BaseDirectory).Name, "stathub-crash.dll");

    /// <summary>Appends hits in one write, as nginx does, with a torn piece now and then.</summary>
    public void Append(int hits, Random random)
    {
        var text = new StringBuilder();
        for (var i = 0; i < hits; i++)
        {
            if (random.Next(40) == 0)
            {
                // A write that was cut short; the next line is glued to it.
                text.Append("{\"tenant\":\"demo\",\"key\":\"tor");
                Torn++;
            }
            var key = $"k{random.Next(5)}";
            var at = InstantOf(Hits);
            text.Append(CultureInfo.InvariantCulture, $$"""{"tenant":"demo","key":"{{key}}","msec":{{at:0.000}},"status":200,"args":"tv=0.5&n={{Hits:0000000}}&d.part={{Hits % 7}}","remote_addr":"203.0.113.{{Hits % 50}}","http_user_agent":"Reader/{{Hits % 3}}"}""").Append('\n');
            _keys.Add(key);
        }
        File.AppendAllText(Live, text.ToString());
    }

    /// <summary>Renames the live file, as a cut does.</summary>
    public void Cut()
    {
        if (File.Exists(Live))
            File.Move(Live, System.IO.Path.Combine(Journal, $"hits-2026-09-21-14-13.log.{++_cuts}"));
    }

    /// <summary>Starts the ingest.</summary>
    public Process Start(params string[] arguments) => Start("dotnet", [CrashDll, Path, .. arguments]);

    /// <summary>Starts it by another program, which limits it.</summary>
    public static Process Start(string program, IEnumerable<string> arguments) => Process.Start(
        new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Runs the ingest to its end; what it printed.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) => await FinishAsync(Start(arguments));

    public static async Task<(int ExitCode, string Output)> FinishAsync(Process process)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            try
            {
                await process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException("The process did not end. It says: " + await output + await errors);
            }
            return (process.ExitCode, await output + await errors);
        }
    }

    /// <summary>Drains the journal and compares every answer with the oracle.</summary>
    public async Task DrainAndCompareAsync()
    {
        var (exitCode, output) = await RunAsync("drain");
        exitCode.Should().Be(0, output);
        Compare();
    }

    /// <summary>Compares every answer with the oracle.</summary>
    public void Compare() => Compare(Path);

    /// <summary>Compares every answer of a store in another folder with the oracle.</summary>
    public void Compare(string dataPath)
    {
        using var store = Store.Open(new StoreOptions { DataPath = dataPath }, TimeProvider.System);
        var demo = TenantId.Parse("demo");
        CompareSums(store);
        var raw = RawHits(store, new HitScope(demo));
        raw.Select(Number).Should().Equal(Enumerable.Range(0, Hits));
        store.Counts.Count(new HitScope(demo), MinuteRange.All).Visitors.Should().Be(Visitors(raw.Where(line => !IsBot(line))));
        for (var key = 0; key < 5; key++)
        {
            var name = $"k{key}";
            RawHits(store, new HitScope(demo, HitKey.Parse(name))).Select(Number).Should().Equal(Enumerable.Range(0, Hits).Where(number => _keys[number] == name));
        }
    }

    /// <summary>Drains the journal and compares sums with the oracle. Raw hits may be gone, each of them once.</summary>
    public async Task DrainAndCompareSumsAsync()
    {
        var (exitCode, output) = await RunAsync("drain");
        exitCode.Should().Be(0, output);
        using var store = Store.Open(new StoreOptions { DataPath = Path }, TimeProvider.System);
        CompareSums(store);
        RawHits(store, new HitScope(TenantId.Parse("demo"))).Select(Number).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    /// <summary>Whether the one rollup file has every hit.</summary>
    public void CompareRollupFile()
    {
        var file = Directory.GetFiles(System.IO.Path.Combine(Path, "rollups"), "*", SearchOption.AllDirectories).Should().ContainSingle().Subject;
        using var lines = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        lines.ReadLine().Should().EndWith($",\"series\":6,\"hits\":{Hits}}}");
        lines.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(6);
    }

    /// <summary>Drains the journal; the ledger has every line, and sums may be gone, those of some keys or all.</summary>
    public async Task DrainAndCompareLedgerAsync(long? sums = null)
    {
        var (exitCode, output) = await RunAsync("drain");
        exitCode.Should().Be(0, output);
        using var store = Store.Open(new StoreOptions { DataPath = Path }, TimeProvider.System);
        store.Ledger.Totals(MinuteRange.All, null).Counted.Should().Be(Hits);
        store.Counts.Count(new HitScope(TenantId.Parse("demo")), MinuteRange.All).Hits.Should().BeInRange(sums ?? 50, sums ?? Hits);
        store.Verifier.Verify(null, new DayRange(0, long.MaxValue), _ => { }, CancellationToken.None).Differences.Should().BeEmpty();
    }

    private void CompareSums(Store store)
    {
        var demo = TenantId.Parse("demo");
        var ledger = store.Ledger.Totals(MinuteRange.All, null);
        ledger.Counted.Should().Be(Hits);
        ledger.Rejected.Sum(one => one.Value).Should().Be(Torn);
        var count = store.Counts.Count(new HitScope(demo), MinuteRange.All);
        count.Hits.Should().Be(Hits);
        count.Value.Millionths.Should().Be((Int128)Hits * HitValue.One / 2);
        foreach (var key in _keys.GroupBy(key => key))
            store.Counts.Count(new HitScope(demo, HitKey.Parse(key.Key)), MinuteRange.All).Hits.Should().Be(key.Count());
        Top(store, new DimensionName(Dimension.Key)).Should().Equal(_keys.GroupBy(key => key).ToDictionary(key => key.Key, key => (long)key.Count()));
        Top(store, new DimensionName(Dimension.Own, "part")).Should().Equal(
            Enumerable.Range(0, Hits).GroupBy(number => number % 7).ToDictionary(part => $"{part.Key}", part => (long)part.Count()));
        store.Verifier.Verify(null, new DayRange(0, long.MaxValue), _ => { }, CancellationToken.None).Differences.Should().BeEmpty();
    }

    /// <summary>Whether exactly the hits of the rebuild's bots are labelled so, in the raw hits and in the sums.</summary>
    public void CompareRebuilt()
    {
        Compare();
        using var store = Store.Open(new StoreOptions { DataPath = Path }, TimeProvider.System);
        var demo = new HitScope(TenantId.Parse("demo"));
        RawHits(store, demo).Where(IsBot).Select(Number).Should().Equal(Enumerable.Range(0, Hits).Where(number => number % 3 == 1));
        store.Counts.Count(demo, MinuteRange.All).Bots.Should().Be(Enumerable.Range(0, Hits).Count(number => number % 3 == 1));
    }

    /// <summary>Removes the database, or makes it something else.</summary>
    public void LoseDatabase(bool isDamaged)
    {
        foreach (var file in Directory.GetFiles(Path, "stathub.db*"))
            File.Delete(file);
        if (isDamaged)
            File.WriteAllText(System.IO.Path.Combine(Path, "stathub.db"), "no database any more");
    }

    /// <summary>Every file of raw hits.</summary>
    public IReadOnlyList<string> Segments()
    {
        var folder = System.IO.Path.Combine(Path, "segments");
        return [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => System.IO.Path.GetRelativePath(folder, file))];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static Dictionary<string, long> Top(Store store, DimensionName dimension) =>
        store.Dimensions.Top(new HitScope(TenantId.Parse("demo")), dimension, new DayRange(0, long.MaxValue)).ByHits()
            .ToDictionary(value => Encoding.UTF8.GetString(value.Name.Span), value => value.Sums.Hits);

    private static List<string> RawHits(Store store, HitScope scope)
    {
        var lines = new List<string>();
        using var reader = store.RawHits.Open(scope, MinuteRange.All, null);
        for (var block = reader.Read(int.MaxValue); !block.IsEmpty; block = reader.Read(int.MaxValue))
            lines.AddRange(Encoding.UTF8.GetString(block.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return lines;
    }

    private static int Number(string line) => int.Parse(line.AsSpan(line.IndexOf("&n=", StringComparison.Ordinal) + 3, 7), CultureInfo.InvariantCulture);

    private static bool IsBot(string line) => line.Contains("\"bot\":\"own\"", StringComparison.Ordinal);

    // Not the number of distinct visitors: two of them may share the bits that a small sketch keeps.
    /// <summary>Those of each day: somebody is another visitor tomorrow.</summary>
    private static long Visitors(IEnumerable<string> lines) => lines.GroupBy(line => (int)(InstantOf(Number(line)) / 86_400)).Sum(day =>
    {
        var sketch = new HyperLogLog();
        foreach (var line in day)
        {
            VisitorHash.TryRead(Encoding.UTF8.GetBytes(Visitor(line)), out var hash).Should().BeTrue(line);
            sketch.Add(hash);
        }
        return sketch.Estimate();
    });

    private static double InstantOf(int number) => 1_789_900_000.0 + number * 7.5;

    private static string Visitor(string line) => line.Substring(line.IndexOf("\"visitor\":\"", StringComparison.Ordinal) + 11, 8);
}
