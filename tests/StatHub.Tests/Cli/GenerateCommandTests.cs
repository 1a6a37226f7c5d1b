using System.Text.Json;

namespace StatHub.Tests.Cli;

public sealed class GenerateCommandTests : IDisposable
{
    private static readonly string[] Span = ["--from", "2025-06-01", "--to", "2025-06-02T12:00:00Z"];
    private readonly ScratchFolder _folder = new();
    private readonly CommandLine _stathub = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_same_arguments_write_the_same_file()
    {
        var first = await GenerateAsync("--lines", "2000", "--invalid", "10");
        var second = await GenerateAsync("--lines", "2000", "--invalid", "10");
        var other = await GenerateAsync("--lines", "2000", "--invalid", "10", "--seed", "2");

        second.Should().Equal(first);
        other.Should().NotEqual(first);
    }

    [Fact]
    public async Task The_summary_says_what_was_written()
    {
        var lines = await GenerateAsync("--lines", "500");

        lines.Should().HaveCount(500);
        _stathub.Error.Should().StartWith("500 lines, ").And.EndWith(" 0 hostile" + Environment.NewLine);
        _stathub.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task Tenants_are_named_or_counted()
    {
        var named = await GenerateAsync("--lines", "500", "--tenants", "acme,shop");
        var counted = await GenerateAsync("--lines", "500", "--tenants", "3");

        TenantsOf(named).Should().BeEquivalentTo("acme", "shop");
        TenantsOf(counted).Should().BeEquivalentTo("demo", "site2", "site3");
    }

    [Fact]
    public async Task A_file_that_exists_is_left_alone()
    {
        await File.WriteAllTextAsync(_folder.File("kept.log"), "kept");

        (await _stathub.RunAsync("generate", "--out", _folder.File("kept.log"))).Should().Be(1);
        (await File.ReadAllTextAsync(_folder.File("kept.log"))).Should().Be("kept");
        _stathub.Error.Should().Contain("kept.log");
    }

    [Theory]
    [InlineData("--lines", "-1")]
    [InlineData("--lines", "many")]
    [InlineData("--keys", "0")]
    [InlineData("--tenants", "0")]
    [InlineData("--tenants", "Demo")]
    [InlineData("--tenants", "a,,b")]
    [InlineData("--invalid", "101")]
    [InlineData("--format", "csv")]
    [InlineData("--prefix", "a/b")]
    [InlineData("--from", "yesterday")]
    [InlineData("--from", "2025-06-02", "--to", "2025-06-01")]
    [InlineData("--format", "combined", "--invalid", "1")]
    [InlineData("--no-such-option")]
    public async Task Wrong_arguments_are_wrong_usage_and_write_nothing(params string[] args)
    {
        (await _stathub.RunAsync(["generate", "--out", _folder.File("none.log"), .. args])).Should().Be(2);
        _stathub.Error.Should().NotBeEmpty().And.NotContain("   at ");
        File.Exists(_folder.File("none.log")).Should().BeFalse();
    }

    [Fact]
    public async Task Help_shows_examples()
    {
        (await _stathub.RunAsync("generate", "--help")).Should().Be(0);
        _stathub.Output.Should().Contain("stathub generate --lines 1000000");
    }

    private async Task<string[]> GenerateAsync(params string[] args)
    {
        var path = _folder.File($"{Guid.CreateVersion7()}.log");
        (await _stathub.RunAsync(["generate", .. Span, .. args, "--out", path])).Should().Be(0, _stathub.Error);
        return await File.ReadAllLinesAsync(path, System.Text.Encoding.Latin1);
    }

    private static IEnumerable<string> TenantsOf(string[] lines) =>
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("tenant").GetString()!).Distinct();
}
