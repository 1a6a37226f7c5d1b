using System.Diagnostics;
using StatHub.Cli;

namespace StatHub.Tests.Cli;

/// <summary>Completion in a real bash.</summary>
public sealed class CompletionCommandTests
{
    private const string Complete = """
        stathub() { dotnet "$STATHUB_DLL" "$@"; }
        eval "$(stathub completion bash)"
        COMP_LINE=$1 COMP_POINT=${#1}
        read -ra COMP_WORDS <<<"$1"
        [[ $1 != *' ' ]] || COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _stathub
        echo "${COMPREPLY[*]}"
        """;

    [Theory]
    [InlineData("stathub t", "tenant token top")]
    [InlineData("stathub token re", "revoke")]
    [InlineData("stathub count demo --fr", "--fresh --from")]
    [InlineData("stathub series demo --step ", "day hour minute month week")]
    [InlineData("stathub hits demo --format nd", "ndjson")]
    [InlineData("stathub ledger rejected --reason bad_v", "bad_value")]
    public async Task Bash_completes_commands_options_and_values(string line, string expected)
    {
        var start = new ProcessStartInfo("bash", ["--noprofile", "--norc", "-c", Complete, "bash", line])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["STATHUB_DLL"] = typeof(StatHubCommand).Assembly.Location },
        };
        using var bash = Process.Start(start)!;
        var output = await bash.StandardOutput.ReadToEndAsync();

        output.Trim().Should().Be(expected, await bash.StandardError.ReadToEndAsync());
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _stathub stathub")]
    [InlineData("zsh", "#compdef stathub")]
    [InlineData("fish", "complete -c stathub")]
    public async Task Each_shell_has_its_script(string shell, string part)
    {
        var stathub = new CommandLine();

        (await stathub.RunAsync("completion", shell)).Should().Be(0);
        stathub.Output.Should().Contain(part);
    }

    [Fact]
    public async Task Another_shell_is_wrong_usage() => (await new CommandLine().RunAsync("completion", "csh")).Should().Be(2);
}
