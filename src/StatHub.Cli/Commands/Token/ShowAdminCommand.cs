using System.CommandLine;
using StatHub.Cli.Rest;

namespace StatHub.Cli.Commands.Token;

/// <summary><c>stathub token show-admin</c>: the token that the server wrote at its first start.</summary>
internal sealed class ShowAdminCommand : VerbCommand
{
    private readonly Connection _connection;

    public ShowAdminCommand(Connection connection)
        : base("show-admin", "Prints the admin token.", """
            The server writes it to its data folder at its first start, in a file that only its own user can read. Nothing
            is asked over the network.

            Examples:
              stathub token show-admin --data ./data
              docker compose exec api stathub token show-admin
            """)
    {
        _connection = connection;
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        if (_connection.AdminTokenPath(parsed) is not { } path)
        {
            error.WriteLine($"Which data folder? Give --data, or set {Connection.DataVariable}.");
            return StatHubCommand.Usage;
        }
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
