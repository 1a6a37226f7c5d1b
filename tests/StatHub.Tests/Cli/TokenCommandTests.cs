namespace StatHub.Tests.Cli;

public sealed class TokenCommandTests : IDisposable
{
    private readonly ScratchFolder _data = new();
    private readonly CommandLine _stathub = new();

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
}
