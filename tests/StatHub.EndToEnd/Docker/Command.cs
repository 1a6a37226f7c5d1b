using System.Diagnostics;
using System.Text;

namespace StatHub.EndToEnd.Docker;

/// <summary>A program that runs to its end.</summary>
internal sealed class Command(string program, params string[] arguments)
{
    private readonly ProcessStartInfo _start = new(program, arguments)
    {
        WorkingDirectory = Checkout.Folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        RedirectStandardInput = true,
    };

    public IDictionary<string, string?> Environment => _start.Environment;

    /// <summary>Its standard output; an exception with everything it wrote when it failed.</summary>
    public async Task<string> RunAsync()
    {
        var (exitCode, output, errors) = await TryRunAsync();
        if (exitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {exitCode}:\n{output}\n{errors}");
        return output;
    }

    public async Task<(int ExitCode, string Output, string Errors)> TryRunAsync()
    {
        using var process = Start();
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    private Process Start()
    {
        try
        {
            _start.StandardOutputEncoding = Encoding.UTF8;
            return Process.Start(_start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{program} cannot be started; deploy/test.sh installs what the tests need.", e);
        }
    }
}
