using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text;
using StatHub.Cli;

namespace StatHub.Tests.Cli;

/// <summary>The help of every command is its manual, and docs/cli.md has all of it.</summary>
public sealed class ManualTests
{
    private static readonly string[][] Commands = [.. CommandsOf(Root(), [])];

    public static TheoryData<string> Names => [.. Commands.Skip(1).Select(names => string.Join(' ', names))];

    [Fact]
    public async Task The_page_in_docs_is_the_help_of_every_command()
    {
        var path = Path.Combine(Checkout(), "docs", "cli.md");
        var current = await PageAsync();
        if (Environment.GetEnvironmentVariable("STATHUB_UPDATE") == "1")
            await File.WriteAllTextAsync(path, current);

        (await File.ReadAllTextAsync(path)).Should().Be(
            current, "docs/cli.md is generated: run this test with STATHUB_UPDATE=1, then read the difference and commit it");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_command_has_examples(string name)
    {
        var help = await HelpAsync(name.Split(' '));

        help.Should().Contain("\nExamples:\n").And.Contain($"stathub {name.Split(' ')[0]}");
        help.Split('\n').Should().OnlyContain(line => line.Length <= 125, "a line fits a wide terminal");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_example_is_understood(string name)
    {
        var examples = (await HelpAsync(name.Split(' '))).Split("\nExamples:\n")[1].Split('\n')
            .Select(line => line.Trim()).Where(line => line.StartsWith("stathub ", StringComparison.Ordinal));

        foreach (var example in examples)
            Root().Parse(example.Split(['|', '>'])[0]["stathub ".Length..]).Errors.Should().BeEmpty(example);
    }

    private static async Task<string> PageAsync()
    {
        var page = new StringBuilder("""
            # The command line

            What `stathub --help` and `stathub <command> --help` say. This page is generated from them by a test; see
            [README.md](../README.md#command-line) for how to get the command.

            """);
        foreach (var names in Commands)
        {
            page.Append($"\n## {string.Join(' ', names.Prepend("stathub"))}\n\n```\n");
            page.Append((await HelpAsync(names)).Trim()).Append("\n```\n");
        }
        return page.ToString();
    }

    private static async Task<string> HelpAsync(string[] names)
    {
        var stathub = new CommandLine();
        (await stathub.RunAsync([.. names, "--help"])).Should().Be(0, stathub.Error);
        // The name of this process, where help has the one that was started.
        var help = stathub.Output.Replace(RootCommand.ExecutableName, "stathub", StringComparison.Ordinal);
        return string.Join('\n', help.Split(Environment.NewLine).Select(line => line.TrimEnd()));
    }

    private static IEnumerable<string[]> CommandsOf(Command command, string[] names) =>
        command.Subcommands.SelectMany(verb => CommandsOf(verb, [.. names, verb.Name])).Prepend(names);

    private static StatHubCommand Root() =>
        new(new Shell { Variable = _ => null, Input = () => TextReader.Null, OpenOutput = () => Stream.Null });

    private static string Checkout([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
