using System.Text.Json;
using StatHub.Cli.Output;
using StatHub.Tests.Memory;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

public sealed class KeysCommandTests : IClassFixture<ServedApi>
{
    private readonly ServedApi _served;
    private readonly CommandLine _stathub;

    public KeysCommandTests(ServedApi served) => (_served, _stathub) = (served, served.CommandLine());

    [Fact]
    public async Task People_see_a_table()
    {
        Ingest("home", "home", "blog");

        (await _stathub.RunAsync("keys", "demo")).Should().Be(0, _stathub.Error);

        _stathub.Lines.Should().Equal(
            "Key   Hits  First                 Last",
            "blog     1  2026-03-01 12:00:30Z  2026-03-01 12:00:30Z",
            "home     2  2026-03-01 12:00:30Z  2026-03-01 12:00:30Z");
    }

    [Theory]
    [InlineData("[red]no markup", "[red]no markup")]
    [InlineData("[[", "[[")]
    [InlineData("]", "]")]
    [InlineData("abc\u202egnp.exe", "abc\\u202egnp.exe")]
    [InlineData("zero\u200bwidth", "zero\\u200bwidth")]
    [InlineData("line\u2028end", "line\\u2028end")]
    [InlineData("tag\U000E0041", "tag\\U000e0041")]
    [InlineData("日本語 🙂", "日本語 🙂")]
    public async Task A_hostile_key_is_only_text(string key, string shown)
    {
        Ingest(key);
        _stathub.Terminal = new Terminal(200, HasColor: true);

        (await _stathub.RunAsync("keys", "demo")).Should().Be(0, _stathub.Error);

        _stathub.Lines[1].Should().StartWith(shown + " ").And.NotContain("\x1b");
    }

    [Fact]
    public async Task A_page_says_how_to_go_on()
    {
        Ingest("a", "b", "c");

        await _stathub.RunAsync("keys", "demo", "--limit", "2", "--json");
        _stathub.Output.Should().Be(await _served.GetAsync("/api/v1/tenants/demo/keys?limit=2") + "\n");
        var cursor = JsonDocument.Parse(_stathub.Output).RootElement.GetProperty("next").GetString()!;
        _stathub.Error.Should().Contain($"--cursor {cursor}");

        await _stathub.RunAsync("keys", "demo", "--cursor", cursor);
        _stathub.Lines.Should().HaveCount(2).And.Subject.Last().Should().StartWith("c ");
        _stathub.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task All_pages_are_one_table()
    {
        Ingest([.. Enumerable.Range(0, 10_050).Select(i => $"k{i:00000}")]);

        (await _stathub.RunAsync("keys", "demo", "--all")).Should().Be(0);

        _stathub.Lines.Should().HaveCount(10_051).And.Subject.Last().Should().StartWith("k10049 ");
        _stathub.Error.Should().BeEmpty();
    }

    [Theory]
    [InlineData("--limit", "0")]
    [InlineData("--limit", "10001")]
    [InlineData("--limit", "many")]
    [InlineData("--limit", "5", "--all")]
    public async Task Bad_limits_are_wrong_usage(params string[] options) =>
        (await _stathub.RunAsync(["keys", "demo", .. options])).Should().Be(2);

    private void Ingest(params string[] keys) => _served.Api.Store.Ingest(keys.Select(key => JournalLine.Of("demo", key, StatHubApi.Noon)));
}
