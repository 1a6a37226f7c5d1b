using System.CommandLine;

namespace StatHub.Cli.Commands.Token;

/// <summary><c>stathub token show-admin</c>: the token that the server wrote at its first start.</summary>
internal sealed class ShowAdminCommand : VerbCommand
{
    private const string DataVariable = "StatHub__DataPath";
    private const string FileName = "admin.token";

    private readonly Option<DirectoryInfo?> _data = new("--data")
    {
        Description = $"The server's data folder; without it the one that {DataVariable} names.",
        HelpName = "folder",
    };

    private readonly Func<string, string?> _environment;

    public ShowAdminCommand(Func<string, string?> environment)
        : base("show-admin", "Prints the admin token.", """
            The server writes it to its data folder at its first start, in a file that only its own user can read.

            Examples:
              stathub token show-admin --data ./data
              docker compose exec api stathub token show-admin
            """)
    {
        _environment = environment;
        Add(_data);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        if ((parsed.GetValue(_data)?.FullName ?? _environment(DataVariable)) is not { Length: > 0 } folder)
        {
            error.WriteLine($"Which data folder? Give --data, or set {DataVariable}.");
            return StatHubCommand.Usage;
        }
        var path = Path.Combine(folder, FileName);
        try
        {
            output.WriteLine(File.ReadAllText(path).Trim());
            return StatHubCommand.Success;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            error.WriteLine($"There is no {path}. The server writes it at its first start; was it started with this data folder?");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{path} cannot be read: {e.Message}");
        }
        return StatHubCommand.Failure;
    }
}
