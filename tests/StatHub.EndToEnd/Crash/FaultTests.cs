using System.Diagnostics;

namespace StatHub.EndToEnd.Crash;

/// <summary>Full disks, missing permissions and too few file descriptors, as the kernel reports them.</summary>
public class FaultTests
{
    // 128 + SIGABRT.
    private const int Aborted = 134;

    private static async Task ShellAsync(string command, params string[] arguments)
    {
        var (exitCode, output) = await CrashFolder.FinishAsync(CrashFolder.Start("sh", ["-c", command, "sh", .. arguments]));
        exitCode.Should().Be(0, output);
    }

    [Fact]
    public async Task A_day_is_not_compacted_where_the_disk_has_no_room_for_two_copies_of_it()
    {
        using var folder = new CrashFolder();
        var mount = Path.Combine(folder.Path, "segments");
        Directory.CreateDirectory(mount);
        await ShellAsync("mount -t tmpfs -o size=100m tmpfs \"$1\"", mount);
        try
        {
            folder.Append(3_000, new Random(4));
            await folder.RunAsync("drain");
            (await folder.RunAsync("compact")).Output.Should().MatchRegex("compacted 0 days, removed 0 segments, problems: demo .* is not compacted: the disk has [0-9]+ bytes left");
            await ShellAsync("mount -o remount,size=200m \"$1\"", mount);
            (await folder.RunAsync("compact")).Output.Should().Contain("compacted 1 days, removed 1 segments, problems: \n");
            folder.Compare();
        }
        finally
        {
            await ShellAsync("umount \"$1\"", mount);
        }
    }

    [Theory]
    [InlineData("segments", 400, "No space left")]
    [InlineData("database", 750, "disk is full")]
    // Not even enough for the tables.
    [InlineData("database", 400, "disk is full")]
    public async Task A_full_disk_stops_the_ingest_and_loses_nothing_once_there_is_space(string full, int kilobytes, string says)
    {
        using var folder = new CrashFolder();
        var roomy = Directory.CreateTempSubdirectory("stathub-roomy-").FullName;
        // The segments on a small disk, or all but segments and journal.
        var mount = full == "segments" ? Path.Combine(folder.Path, "segments") : folder.Path;
        Directory.CreateDirectory(mount);
        await ShellAsync($"mount -t tmpfs -o size={kilobytes}k tmpfs \"$1\"", mount);
        try
        {
            if (full == "database")
            {
                foreach (var name in (string[])["journal", "segments"])
                    Directory.CreateSymbolicLink(Path.Combine(folder.Path, name), Directory.CreateDirectory(Path.Combine(roomy, name)).FullName);
            }
            var random = new Random(3);
            folder.Append(40_000, random);
            folder.Cut();
            using (var ingest = Ingest.Of(folder.Start("run")))
            {
                await ingest.SaysAsync(says);
                folder.Append(500, random);
                await ShellAsync("mount -o remount,size=200m \"$1\"", mount);
            }
            await folder.DrainAndCompareAsync();
        }
        finally
        {
            await ShellAsync("umount \"$1\"", mount);
            Directory.Delete(roomy, recursive: true);
        }
    }

    [Theory]
    [InlineData("segments")]
    [InlineData("journal")]
    public async Task A_folder_without_permission_stops_the_ingest_and_loses_nothing(string name)
    {
        using var folder = new CrashFolder();
        var random = new Random(4);
        // Root may do everything, so the ingest runs as nobody, from a copy that nobody may read.
        var program = Directory.CreateTempSubdirectory("stathub-program-").FullName;
        try
        {
            await ShellAsync("cp -r \"$1\"/. \"$2\" && chmod -R a+rX \"$2\" && chown -R nobody \"$3\"", Path.GetDirectoryName(CrashFolder.CrashDll)!, program, folder.Path);
            string[] AsNobody(string verb) => ["--reuid=nobody", "--clear-groups", "env", "HOME=" + program, "dotnet", Path.Combine(program, "stathub-crash.dll"), folder.Path, verb];
            folder.Append(200, random);
            await ShellAsync("chown nobody \"$1\"", folder.Live);
            var first = await CrashFolder.FinishAsync(CrashFolder.Start("setpriv", AsNobody("drain")));
            first.ExitCode.Should().Be(0, first.Output);

            await ShellAsync("chmod 0 \"$1\"", Path.Combine(folder.Path, name));
            folder.Append(200, random);
            using (var ingest = Ingest.Of(CrashFolder.Start("setpriv", AsNobody("run"))))
            {
                await ingest.SaysAsync("denied");
                folder.Append(200, random);
                await ShellAsync("chmod 755 \"$1\"", Path.Combine(folder.Path, name));
            }
            var last = await CrashFolder.FinishAsync(CrashFolder.Start("setpriv", AsNobody("drain")));
            last.ExitCode.Should().Be(0, last.Output);
            folder.Compare();
        }
        finally
        {
            Directory.Delete(program, recursive: true);
        }
    }

    [Fact]
    public async Task Too_few_file_descriptors_stop_the_ingest_and_lose_nothing()
    {
        using var folder = new CrashFolder();
        var random = new Random(6);
        var unfinished = 0;
        for (var free = 0; free < 8; free++)
        {
            folder.Append(200, random);
            folder.Cut();
            folder.Append(50, random);
            var (exitCode, output) = await CrashFolder.FinishAsync(
                CrashFolder.Start("prlimit", ["--nofile=256:256", "dotnet", CrashFolder.CrashDll, folder.Path, "starve", $"{free}"]));
            // Without any descriptor the runtime itself may give up, which is one more crash.
            exitCode.Should().BeOneOf([0, Aborted], output);
            unfinished += output.Contains("failed:", StringComparison.Ordinal) ? 1 : 0;
        }
        unfinished.Should().BePositive("some of these were too few");
        await folder.DrainAndCompareAsync();
    }

    /// <summary>An ingest that reads on and on until it is killed.</summary>
    private sealed class Ingest : IDisposable
    {
        private readonly Process _process;

        private Ingest(Process process) => _process = process;

        public static Ingest Of(Process process) => new(process);

        /// <summary>Waits until it prints something.</summary>
        public async Task SaysAsync(string text)
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            var seen = new List<string>();
            while (await _process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
            {
                seen.Add(line);
                if (line.Contains(text, StringComparison.Ordinal))
                    return;
            }
            throw new InvalidOperationException($"It never said '{text}' but: {string.Join('\n', seen)}");
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
