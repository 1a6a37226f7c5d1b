using System.CommandLine;
using System.Text;
using StatHub.Cli;
using StatHub.Cli.Output;

namespace StatHub.Tests.Cli;

/// <summary>Runs the <c>stathub</c> command in this process.</summary>
internal sealed class CommandLine
{
    public Dictionary<string, string> Environment { get; } = [];

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>What is typed.</summary>
    public string Input { get; set; } = "";

    /// <summary>The terminal behind both outputs; none unless a test says so.</summary>
    public Terminal? Terminal { get; set; }

    /// <summary>Where the command is run; a folder without a data folder.</summary>
    public string Folder { get; set; } = "/nonexistent";

    /// <summary>Takes the bytes of standard output instead of <see cref="Output"/>.</summary>
    public Stream? Bytes { get; set; }

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    /// <summary>Lines of the output without the spaces that fill them up.</summary>
    public string[] Lines => [.. Output.TrimEnd().Split('\n').Select(line => line.TrimEnd())];

    public Task<int> RunAsync(params string[] args) => RunAsync(args, CancellationToken.None);

    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var bytes = new MemoryStream();
        var shell = new Shell
        {
            Variable = Environment.GetValueOrDefault,
            Time = Time,
            Input = () => new StringReader(Input),
            OpenOutput = () => Bytes ?? bytes,
            Output = Terminal,
            Error = Terminal,
            Folder = Folder,
        };
        var code = await new StatHubCommand(shell)
            .RunAsync(args, new InvocationConfiguration { Output = output, Error = error }, cancellationToken);
        (Output, Error) = (output + Encoding.UTF8.GetString(bytes.ToArray()), error.ToString());
        return code;
    }
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("stathub-cli-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
