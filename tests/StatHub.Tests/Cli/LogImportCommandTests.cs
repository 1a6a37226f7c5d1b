using System.IO.Compression;
using System.Text;
using StatHub.Core.Tokens;
using StatHub.Tests.Logs.Ringserver;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

public sealed class LogImportCommandTests : IDisposable
{
    private const string Tenant = "shop";

    private const string Good = "10.0.0.1 - - [22/Feb/2026:01:36:17 +0000] \"GET /pages/1 HTTP/1.1\" 200 1500\n";

    private readonly WholeApi _api = new();
    private readonly ScratchFolder _folder = new();
    private readonly CommandLine _stathub;

    public LogImportCommandTests()
    {
        _api.UseKestrel(0);
        _api.StartServer();
        _api.Register(Tenant);
        _stathub = new CommandLine
        {
            Folder = _folder.Path,
            Environment = { ["STATHUB_URL"] = _api.ClientOptions.BaseAddress.AbsoluteUri, ["STATHUB_TOKEN"] = _api.Token(TokenScopes.Read | TokenScopes.Write, Tenant) },
        };
    }

    public void Dispose()
    {
        _api.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Logs_are_counted_once_and_what_cannot_be_read_is_told()
    {
        await File.WriteAllTextAsync(_folder.File("a.log"), Good + "nonsense \u001b[31m\n" + Good);
        await using (var packed = new GZipStream(File.Create(_folder.File("b.log.gz")), CompressionLevel.Optimal))
            await packed.WriteAsync(Encoding.UTF8.GetBytes(Good + Good + Good));

        (await _stathub.RunAsync("import", "a.log", "b.log.gz", "--tenant", Tenant)).Should().Be(0, _stathub.Error);

        _stathub.Lines[0].Should().Be("a.log: 3 lines of combined, 2 will be counted, 3.0 kB sent by them.");
        _stathub.Output.Should().Contain("missing_field").And.NotContain("\u001b");
        _stathub.Lines[^1].Should().Be("b.log.gz: 3 lines of combined, 3 will be counted, 4.5 kB sent by them.");
        (await _stathub.RunAsync("import", "a.log", "--tenant", Tenant)).Should().Be(0, _stathub.Error);
        _stathub.Lines.Should().Equal("a.log: all of it was imported before.");
        (await _stathub.RunAsync("imports", Tenant)).Should().Be(0, _stathub.Error);
        _stathub.Lines.Should().HaveCount(3, "a heading, and each log once");
        _stathub.Lines[1].Should().Contain("{section}").And.Contain("4.5 kB").And.EndWith("–");
        _stathub.Lines[2].Should().Contain("3.0 kB").And.EndWith("missing_field 1");
        (await _stathub.RunAsync("count", Tenant, "pages", "--from", "2026-02-01", "--fresh", "--json")).Should().Be(0, _stathub.Error);
        _stathub.Output.Should().Contain("\"hits\":5,");
    }

    [Fact]
    public async Task Reports_of_ringserver_are_told_by_entries_and_streams()
    {
        var sample = RingserverSamples.PathOf(RingserverSamples.Names[0]);

        (await _stathub.RunAsync("import", sample, "--tenant", Tenant, "--format", "ringserver", "--dry-run")).Should().Be(0, _stathub.Error);
        _stathub.Lines[0].Should().EndWith(": 12 lines of ringserver, 3 entries whose 6 streams would be counted, 51.7 kB sent by them.");
        (await _stathub.RunAsync("import", sample, "--tenant", Tenant)).Should().Be(0, _stathub.Error);
        _stathub.Lines[0].Should().EndWith(": 12 lines of ringserver, 3 entries whose 6 streams will be counted, 51.7 kB sent by them.");
        (await _stathub.RunAsync("import", sample, "--tenant", Tenant, "--format", "ringserver")).Should().Be(0, _stathub.Error);
        _stathub.Lines.Should().Equal($"{sample}: all of it was imported before.");
        (await _stathub.RunAsync("sums", Tenant, "--by", "d.network", "--from", "2026-11-01", "--fresh", "--json")).Should().Be(0, _stathub.Error);
        _stathub.Output.Should().Contain("""{"d.network":"FR"},"hits":3,"bots":0,"value":46592}""");
    }

    [Fact]
    public async Task A_dry_run_says_the_same_and_sends_nothing()
    {
        await File.WriteAllTextAsync(_folder.File("a.log"), Good + "nonsense\n");

        (await _stathub.RunAsync("import", "a.log", "--dry-run", "--json", "--token", "wrong", "--url", "http://127.0.0.1:1")).Should().Be(0, _stathub.Error);

        _stathub.Output.Should().StartWith("""{"format":"combined","lines":2,"entries":1,"bytes":1500,"refused":{"missing_field":1},""");
        (await _stathub.RunAsync("count", Tenant, "--from", "2026-02-01", "--fresh", "--json")).Should().Be(0, _stathub.Error);
        _stathub.Output.Should().Contain("\"hits\":0,");
    }

    [Fact]
    public async Task A_dry_run_tells_lines_of_another_tenant_and_keys_that_are_not_taken()
    {
        const string line = """{"tenant":"shop","key":"home","msec":1790000000.123,"status":200}""";
        await File.WriteAllTextAsync(_folder.File("hits.log"), $"{line}\n{line.Replace("shop", "other")}\n");

        (await _stathub.RunAsync("import", "hits.log", "--dry-run", "--tenant", Tenant, "--json")).Should().Be(0, _stathub.Error);
        _stathub.Output.Should().Contain("\"entries\":1,").And.Contain("""{"other_tenant":1}""");
        (await _stathub.RunAsync("import", "hits.log", "--dry-run", "--tenant", Tenant, "--key", "all")).Should().Be(1);
        _stathub.Error.Should().Contain("own keys");
    }

    [Fact]
    public async Task What_cannot_be_imported_is_told()
    {
        await File.WriteAllTextAsync(_folder.File("none.log"), "hello\n");

        await File.WriteAllTextAsync(_folder.File("good.log"), Good);
        (await _stathub.RunAsync("import", "none.log", "good.log", "--tenant", Tenant)).Should().Be(1);
        _stathub.Error.Should().Contain("none.log: ").And.Contain("not recognised");
        _stathub.Output.Should().StartWith("good.log: 1 lines of combined");
        (await _stathub.RunAsync("import", "gone.log", "--tenant", Tenant)).Should().Be(1);
        _stathub.Error.Should().Contain("gone.log");
        (await _stathub.RunAsync("import", "none.log")).Should().Be(2);
        _stathub.Error.Should().Contain("--tenant");
        (await _stathub.RunAsync("import", "none.log", "--tenant", Tenant, "--key", "a/b")).Should().Be(2);
        _stathub.Error.Should().Contain("--key");
    }
}
