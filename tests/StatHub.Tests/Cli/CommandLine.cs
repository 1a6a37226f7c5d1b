using System.CommandLine;
using StatHub.Cli;

namespace StatHub.Tests.Cli;

/// <summary>Runs the <c>stathub</c> command in this process.</summary>
internal sealed class CommandLine
{
    public Dictionary<string, string> Environment { get; } = [];

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public async Task<int> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await new StatHubCommand(Environment.GetValueOrDefault)
            .RunAsync(args, new InvocationConfiguration { Output = output, Error = error });
        (Output, Error) = (output.ToString(), error.ToString());
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
