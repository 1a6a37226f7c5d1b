using System.Net;
using System.Net.Sockets;
using StatHub.Cli.Output;
using StatHub.Tests.Memory;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

public sealed class HitsCommandTests : IClassFixture<ServedApi>, IDisposable
{
    private readonly ServedApi _served;
    private readonly CommandLine _stathub;
    private readonly ScratchFolder _folder = new();

    public HitsCommandTests(ServedApi served) => (_served, _stathub) = (served, served.CommandLine());

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ndjson")]
    [InlineData("ndjson", "--format", "ndjson")]
    [InlineData("json", "--format", "json")]
    [InlineData("json", "--json")]
    [InlineData("csv", "--format", "csv")]
    [InlineData("tsv", "--format", "tsv")]
    [InlineData("json", "--json", "--limit", "1000")]
    [InlineData("ndjson", "--limit", "1000")]
    [InlineData("csv", "--format", "csv", "--limit", "1000")]
    [InlineData("tsv", "--format", "tsv", "--limit", "1000")]
    public async Task A_pipe_gets_the_bytes_of_the_api(string format, params string[] options)
    {
        Ingest(305);

        (await _stathub.RunAsync(["hits", "demo", "home", .. options])).Should().Be(0, _stathub.Error);

        _stathub.Output.Should().Be(await _served.GetAsync($"/api/v1/tenants/demo/keys/home/hits?format={format}"));
        _stathub.Error.Should().BeEmpty();
    }

    [Theory]
    [InlineData("json")]
    [InlineData("ndjson")]
    [InlineData("csv")]
    [InlineData("tsv")]
    public async Task A_limit_takes_as_many_pages_as_it_needs(string format)
    {
        // A page of the API ends early behind 16 MiB.
        _served.Api.Store.Ingest(Enumerable.Range(0, 600).Select(i =>
            JournalLine.Of("demo", "home", StatHubApi.Noon, $"n={i}", userAgent: "a \"quoted\",\n" + new string('u', 40_000))));
        var page = await _served.GetAsync($"/api/v1/tenants/demo/hits?format={format}&limit=590");
        var whole = await _served.GetAsync($"/api/v1/tenants/demo/hits?format={format}");

        (await _stathub.RunAsync("hits", "demo", "--format", format, "--limit", "590")).Should().Be(0, _stathub.Error);

        _stathub.Output.Length.Should().BeGreaterThan(page.Length);
        var kept = format == "json" ? _stathub.Output[..^2] : _stathub.Output;
        whole.Should().StartWith(kept);
        _stathub.Output.Should().Contain("?n=589 ").And.NotContain("?n=590 ");
    }

    [Theory]
    [InlineData("json", "[]\n")]
    [InlineData("ndjson", "")]
    public async Task No_hits_are_nothing(string format, string expected)
    {
        (await _stathub.RunAsync("hits", "demo", "--format", format, "--limit", "5")).Should().Be(0);
        _stathub.Output.Should().Be(expected);
    }

    [Fact]
    public async Task A_file_gets_the_same_and_a_line_says_how_much()
    {
        Ingest(305);

        (await _stathub.RunAsync("hits", "demo", "--format", "csv", "--out", _folder.File("hits.csv"))).Should().Be(0, _stathub.Error);

        var content = await File.ReadAllTextAsync(_folder.File("hits.csv"));
        content.Should().Be(await _served.GetAsync("/api/v1/tenants/demo/hits?format=csv"));
        _stathub.Error.Should().StartWith($"305 hits in {_folder.File("hits.csv")}, ");
        _stathub.Output.Should().BeEmpty();
        Directory.GetFiles(_folder.Path).Should().ContainSingle();
    }

    [Fact]
    public async Task A_terminal_has_a_progress_bar_with_a_rate()
    {
        Ingest(305);
        _stathub.Terminal = new Terminal(100, HasColor: true);

        (await _stathub.RunAsync("hits", "demo", "--out", _folder.File("hits.jsonl"))).Should().Be(0, _stathub.Error);

        _stathub.Error.Should().Contain("305 hits in ").And.Contain("hits/s");
        (await File.ReadAllLinesAsync(_folder.File("hits.jsonl"))).Should().HaveCount(305);
    }

    [Fact]
    public async Task A_file_that_exists_is_left_alone()
    {
        await File.WriteAllTextAsync(_folder.File("kept"), "kept");

        (await _stathub.RunAsync("hits", "demo", "--out", _folder.File("kept"))).Should().Be(1);
        (await File.ReadAllTextAsync(_folder.File("kept"))).Should().Be("kept");
        _stathub.Error.Should().Contain("left alone");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_breaks_off_is_a_failure_and_leaves_no_file(bool toFile)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var serving = BreakOffAsync(server);
        string[] output = toFile ? ["--out", _folder.File("hits.jsonl")] : [];

        (await _stathub.RunAsync(["hits", "demo", "--url", $"http://{server.LocalEndpoint}", .. output])).Should().Be(1);

        await serving;
        _stathub.Error.Should().Contain("broke off");
        Directory.GetFiles(_folder.Path).Should().BeEmpty();
    }

    [Theory]
    [InlineData("json")]
    [InlineData("ndjson")]
    [InlineData("csv")]
    [InlineData("tsv")]
    public async Task A_terminal_is_not_controlled_by_a_hit(string format)
    {
        // nginx leaves these as they are; others it escapes, and a table has them all.
        var line = JournalLine.Of("demo", "home", StatHubApi.Noon, "esc=%1b", userAgent: "AGENT\x1b[2J\rover");
        _served.Api.Store.Ingest(line.Replace("AGENT", "\u009b2J\u007f\u202ex", StringComparison.Ordinal));
        _stathub.Terminal = new Terminal(80, HasColor: true);

        (await _stathub.RunAsync("hits", "demo", "--format", format)).Should().Be(0);

        _stathub.Output.Should().Contain(@"\x9b2J\x7f\u202ex");
        _stathub.Output.Replace("\r\n", "\n").Where(c => char.IsControl(c) && c is not ('\n' or '\t')).Should().BeEmpty();
    }

    [Fact]
    public async Task Whoever_reads_no_more_ends_it_quietly()
    {
        Ingest(305);
        await using var full = new ClosedPipe();
        _stathub.Bytes = full;

        (await _stathub.RunAsync("hits", "demo")).Should().Be(0);
        _stathub.Error.Should().BeEmpty();
    }

    [Theory]
    [InlineData("--format", "xml")]
    [InlineData("--format", "csv", "--json")]
    [InlineData("--limit", "0")]
    [InlineData("--follow", "--format", "csv")]
    [InlineData("--follow", "--json")]
    [InlineData("--follow", "--out", "x")]
    [InlineData("--follow", "--to", "2026-01-01")]
    [InlineData("--follow", "--yesterday")]
    public async Task What_cannot_be_asked_is_wrong_usage(params string[] options)
    {
        (await _stathub.RunAsync(["hits", "demo", .. options])).Should().Be(2);
        _stathub.Output.Should().BeEmpty();
    }

    private void Ingest(int hits) => _served.Api.Store.Ingest(Enumerable.Range(0, hits).Select(i =>
        JournalLine.Of("demo", "home", StatHubApi.Noon.AddMilliseconds(i / 50), $"n={i}", userAgent: "a,\"b\"\nc [x] ü")));

    // A chunk, and an end of the connection where the next one should be.
    private static async Task BreakOffAsync(TcpListener server)
    {
        using var client = await server.AcceptTcpClientAsync();
        await client.GetStream().ReadAtLeastAsync(new byte[4096], 1);
        await client.GetStream().WriteAsync(
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n{\"tenant\":\"demo\"}\n\r\n"u8.ToArray());
    }

    /// <summary>A pipe whose reader has gone.</summary>
    private sealed class ClosedPipe : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("Broken pipe", 32);
    }
}
