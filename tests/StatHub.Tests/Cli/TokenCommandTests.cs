using StatHub.Tests.Server.Tokens;

namespace StatHub.Tests.Cli;

public sealed class TokenCommandTests : IClassFixture<ServedApi>, IDisposable
{
    private readonly ScratchFolder _data = new();
    private readonly CommandLine _stathub;

    public TokenCommandTests(ServedApi served) => _stathub = served.CommandLine();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Show_admin_prints_the_token_and_nothing_else()
    {
        await File.WriteAllTextAsync(_data.File("admin.token"), "sth_secret\n");

        (await _stathub.RunAsync("token", "show-admin", "--data", _data.Path)).Should().Be(0);
        _stathub.Output.Should().Be("sth_secret" + Environment.NewLine);
        _stathub.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task Show_admin_takes_the_data_folder_of_the_servers_environment()
    {
        await File.WriteAllTextAsync(_data.File("admin.token"), "sth_secret");
        _stathub.Environment["StatHub__DataPath"] = _data.Path;

        (await _stathub.RunAsync("token", "show-admin")).Should().Be(0);
        _stathub.Output.Trim().Should().Be("sth_secret");
    }

    [Fact]
    public async Task Show_admin_fails_where_no_server_has_written_a_token()
    {
        (await _stathub.RunAsync("token", "show-admin", "--data", _data.Path)).Should().Be(1);
        _stathub.Error.Should().Contain(_data.File("admin.token")).And.Contain("first start");
        _stathub.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task Show_admin_asks_for_a_folder_when_nothing_names_one()
    {
        (await _stathub.RunAsync("token", "show-admin")).Should().Be(2);
        _stathub.Error.Should().Contain("--data");
    }

    [Fact]
    public async Task A_token_that_is_made_is_all_that_standard_output_has()
    {
        (await _stathub.RunAsync("token", "create", "report", "--tenant", "demo")).Should().Be(0, _stathub.Error);
        var token = _stathub.Output.TrimEnd('\n');
        token.Should().MatchRegex("^sth_[A-Za-z0-9_-]{43}$");
        _stathub.Error.Should().Contain(" of demo may read. Keep it").And.NotContain(token);

        (await _stathub.RunAsync("count", "demo", "--token", token)).Should().Be(0);
        (await _stathub.RunAsync("tenant", "create", "shop", "--token", token)).Should().Be(1);
    }

    [Fact]
    public async Task Tokens_are_listed_without_their_secrets()
    {
        await _stathub.RunAsync("token", "create", "[b]report", "--tenant", "demo", "--scope", "read", "write");
        var secret = _stathub.Output.Trim();

        (await _stathub.RunAsync("token", "list", "--tenant", "demo")).Should().Be(0, _stathub.Error);
        _stathub.Lines.Should().HaveCount(2);
        _stathub.Lines[0].Should().Be("Id  Name       Scopes       Made                  Used   Ends");
        _stathub.Lines[1].Should().MatchRegex(@"^ *\d+  \[b\]report  read, write  2026-03-01 12:00:30Z  never  never$").And.NotContain(secret);
    }

    [Fact]
    public async Task A_revoked_token_is_valid_no_more()
    {
        await _stathub.RunAsync("token", "create", "report", "--tenant", "demo", "--json");
        var made = System.Text.Json.JsonDocument.Parse(_stathub.Output).RootElement;
        var (id, token) = ($"{made.GetProperty("id")}", made.GetProperty("token").GetString()!);

        (await _stathub.RunAsync("token", "revoke", id)).Should().Be(1, "it is not one for all tenants");
        (await _stathub.RunAsync("token", "revoke", id, "--tenant", "demo")).Should().Be(0, _stathub.Error);
        (await _stathub.RunAsync("token", "revoke", id, "--tenant", "demo")).Should().Be(1);
        (await _stathub.RunAsync("count", "demo", "--token", token)).Should().Be(1);
    }

    [Theory]
    [InlineData("30d", "2026-03-31 12:00:30Z")]
    [InlineData("2026-04-01", "2026-04-01 00:00Z")]
    [InlineData("2026-04-01T10:00:00+02:00", "2026-04-01 08:00Z")]
    public async Task A_token_ends_when_it_is_said(string expires, string ends)
    {
        (await _stathub.RunAsync("token", "create", "report", "--tenant", "demo", "--expires", expires)).Should().Be(0, _stathub.Error);
        _stathub.Error.Should().Contain($" may read until {ends}. Keep it");

        (await _stathub.RunAsync("token", "list", "--tenant", "demo")).Should().Be(0);
        _stathub.Lines[1].Should().EndWith("  never  " + ends);
    }

    [Fact]
    public async Task A_token_that_is_rotated_gives_another_and_ends_after_the_overlap()
    {
        await _stathub.RunAsync("token", "create", "report", "--tenant", "demo", "--json");
        var id = $"{System.Text.Json.JsonDocument.Parse(_stathub.Output).RootElement.GetProperty("id")}";

        (await _stathub.RunAsync("token", "rotate", id, "--tenant", "demo", "--overlap-hours", "2")).Should().Be(0, _stathub.Error);
        var next = _stathub.Output.TrimEnd('\n');
        next.Should().MatchRegex("^sth_[A-Za-z0-9_-]{43}$");
        _stathub.Error.Should().Contain($" of demo takes the place of {id}, which is valid for 2 hours at most. Keep it").And.NotContain(next);

        (await _stathub.RunAsync("count", "demo", "--token", next)).Should().Be(0);
        (await _stathub.RunAsync("token", "list", "--tenant", "demo")).Should().Be(0);
        _stathub.Lines.Should().HaveCount(3);
        _stathub.Lines[1].Should().EndWith("  never                 2026-03-01 14:00:30Z");
        _stathub.Lines[2].Should().EndWith("  2026-03-01 12:00:30Z  never");
    }

    [Fact]
    public async Task Tokens_of_an_access_json_are_taken_over_and_what_is_refused_is_told()
    {
        var good = AccessJson.TokenOf("website", "secret");
        await File.WriteAllTextAsync(_data.File("access.json"), AccessJson.File(
            AccessJson.User(1, "website", (good, "secret"), (AccessJson.TokenOf("website", "another"), "secret"))));

        (await _stathub.RunAsync("token", "import", _data.File("access.json"), "--tenant", "demo")).Should().Be(1, "one is refused");

        _stathub.Lines[1].Should().MatchRegex(@"^website  +1  imported +\d+$");
        _stathub.Lines[2].Should().MatchRegex("^website  +2  refused +Its signature is not that of its access_secret.$");
        _stathub.Error.Trim().Should().Be("1 imported, 0 there already, 1 refused.");
        (_stathub.Output + _stathub.Error).Should().NotContain(good);
        (await _stathub.RunAsync("count", "demo", "--token", good)).Should().Be(0, _stathub.Error);
    }

    [Fact]
    public async Task Tokens_are_imported_from_standard_input_with_other_scopes()
    {
        var token = AccessJson.TokenOf("website", "secret");
        _stathub.Input = AccessJson.File(AccessJson.User(1, "website", (token, "secret")));

        (await _stathub.RunAsync("token", "import", "-", "--tenant", "demo", "--scope", "write")).Should().Be(0, _stathub.Error);

        (await _stathub.RunAsync("count", "demo", "--token", token)).Should().Be(1);
        _stathub.Error.Should().Contain("The token may not do this.");
    }

    [Theory]
    [InlineData("import", "access.json")]
    [InlineData("import", "--tenant", "demo")]
    [InlineData("create", "x", "--expires", "soon")]
    [InlineData("create", "x", "--expires", "2026-13-01")]
    [InlineData("rotate")]
    [InlineData("rotate", "7", "--overlap-hours", "721")]
    [InlineData("create")]
    [InlineData("create", "x", "--scope", "root")]
    [InlineData("create", "x", "--tenant", "A")]
    [InlineData("revoke", "seven")]
    public async Task Wrong_arguments_are_wrong_usage(params string[] args)
    {
        (await _stathub.RunAsync(["token", .. args])).Should().Be(2);
        _stathub.Output.Should().BeEmpty();
    }
}
