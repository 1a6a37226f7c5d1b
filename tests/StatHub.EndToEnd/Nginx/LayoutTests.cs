namespace StatHub.EndToEnd.Nginx;

public sealed class LayoutTests
{
    private static readonly (string, string) FilesPerKey = ("STATHUB_LAYOUT", "files");

    [Theory]
    [InlineData("home")]
    [InlineData("a.b_c-d")]
    [InlineData("-")]
    [InlineData("...")]
    [InlineData(".hidden")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")]
    public async Task A_simple_key_has_a_file_of_its_own(string key)
    {
        await using var nginx = await NginxServer.StartAsync(FilesPerKey);
        await nginx.Client.GetAsync($"/p/demo/{key}");

        var line = (await nginx.LinesAsync(1)).Single();
        line.Key.Should().Be(key);
        line.File.Should().StartWith($"demo-{key}-20");
    }

    [Fact]
    public async Task A_file_is_named_after_the_utc_minute_of_its_lines()
    {
        await using var nginx = await NginxServer.StartAsync(FilesPerKey);
        await nginx.Client.GetAsync("/p/demo/a.b_c-d");
        await nginx.Client.PostAsync("/p/demo/a.b_c-d", null);

        var lines = await nginx.LinesAsync(2);
        lines.Select(line => line.File).Should().Equal(
            lines.Select(line => $"demo-a.b_c-d-{line["time_iso8601"][..16].Replace('T', '-').Replace(':', '-')}.log"));
        lines.Should().OnlyContain(line => line["time_iso8601"].EndsWith("+00:00", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("demo", "a%20b")]
    [InlineData("demo", "a%2fb")]
    [InlineData("demo", "%c3%a9")]
    [InlineData("demo", "x%0a")]
    [InlineData("demo", "a*b")]
    [InlineData("demo", "12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901")]
    [InlineData("demo", "")]
    [InlineData("Demo", "home")]
    [InlineData("de-mo", "home")]
    [InlineData("a12345678901234567890123456789012", "home")]
    public async Task Other_lines_go_to_the_live_file(string tenant, string key)
    {
        await using var nginx = await NginxServer.StartAsync(FilesPerKey);
        await nginx.Client.GetAsync($"/p/{tenant}/{key}");
        await nginx.Client.PostAsync($"/p/{tenant}/{key}", null);

        (await nginx.LinesAsync(2)).Select(line => line.File).Should().Equal("hits.log", "hits.log");
    }

    [Fact]
    public async Task A_wrong_time_zone_sends_all_lines_to_the_live_file()
    {
        await using var nginx = await NginxServer.StartAsync(FilesPerKey, ("TZ", "Asia/Kolkata"));
        await nginx.Client.GetAsync("/p/demo/home");

        var line = (await nginx.LinesAsync(1)).Single();
        line["time_iso8601"].Should().EndWith("+05:30");
        line.File.Should().Be("hits.log");
    }

    [Theory]
    [InlineData("journal")]
    [InlineData("buffered")]
    [InlineData("files")]
    public async Task A_reload_loses_no_line(string layout)
    {
        await using var nginx = await NginxServer.StartAsync(("STATHUB_LAYOUT", layout));
        for (var i = 0; i < 5; i++)
        {
            await SendAsync(nginx, 20);
            await nginx.ReloadAsync();
        }

        (await nginx.LinesAsync(100)).Should().HaveCount(100);
    }

    [Theory]
    [InlineData("journal")]
    [InlineData("files")]
    public async Task Killed_workers_lose_no_line_of_an_earlier_answer(string layout)
    {
        await using var nginx = await NginxServer.StartAsync(("STATHUB_LAYOUT", layout), ("STATHUB_WORKERS", "1"));
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(nginx, 20);
            // The line of the last answer may still be unwritten: a further answer of the one worker says that it is.
            await nginx.Client.GetAsync("/robots.txt");
            await nginx.KillWorkersAsync("KILL");
        }

        nginx.Lines().Should().HaveCount(60);
    }

    [Theory]
    [InlineData("journal")]
    [InlineData("buffered")]
    public async Task A_renamed_live_file_is_left_after_the_reopen_signal(string layout)
    {
        await using var nginx = await NginxServer.StartAsync(("STATHUB_LAYOUT", layout));
        var live = Path.Combine(nginx.JournalFolder, "hits.log");
        await SendAsync(nginx, 20);
        File.Move(live, Path.Combine(nginx.JournalFolder, "hits-2026-01-01-00-00.log"));
        await nginx.ReopenAsync();
        await nginx.WaitAsync(() => File.Exists(live), "a new live file");
        await nginx.LinesAsync(20);
        // Workers follow the master some milliseconds later; until then they write to the old file.
        await nginx.WaitAsync(() => OpenFiles(nginx).Count(path => path == live) > nginx.WorkerPids.Count, "the workers to reopen");
        await nginx.Client.GetAsync("/p/demo/later");

        (await nginx.LinesAsync(21)).Single(line => line.Key == "later").File.Should().Be("hits.log");
    }

    private static List<string> OpenFiles(NginxServer nginx) =>
        [.. nginx.WorkerPids.Append(nginx.MasterPid)
            .SelectMany(pid => Directory.GetFiles($"/proc/{pid}/fd"))
            .Select(link => File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName)
            .OfType<string>()];

    private static async Task SendAsync(NginxServer nginx, int count)
    {
        for (var i = 0; i < count; i++)
        {
            // A worker that was killed leaves a dead connection behind: each hit has its own.
            using var request = new HttpRequestMessage(HttpMethod.Get, "/p/demo/home");
            request.Headers.ConnectionClose = true;
            using var answer = await nginx.Client.SendAsync(request);
            answer.EnsureSuccessStatusCode();
        }
    }
}
