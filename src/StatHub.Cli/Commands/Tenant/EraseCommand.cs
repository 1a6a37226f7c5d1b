using System.CommandLine;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;

namespace StatHub.Cli.Commands.Tenant;

/// <summary><c>stathub tenant erase</c>: removes a tenant and everything of it.</summary>
internal sealed class EraseCommand : ApiCommand
{
    private readonly Argument<string> _tenant = CommonArguments.Tenant("The tenant to erase.");
    private readonly Option<bool> _yes = new("--yes") { Description = "Do not ask." };
    private readonly Shell _shell;

    public EraseCommand(Shell shell, Connection connection)
        : base("erase", "Erases a tenant with its counts, raw hits and tokens.", """
            It is gone for good, lines of it that are not read yet included. It asks for the tenant's name before it does
            so, unless --yes is given.

            Examples:
              stathub tenant erase shop
              stathub tenant erase shop --yes
            """, shell, connection)
    {
        _shell = shell;
        Add(_tenant);
        Add(_yes);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var tenant = parsed.GetRequiredValue(_tenant);
        if (!parsed.GetValue(_yes) && !await IsConfirmedAsync(tenant, api.Server, screen, cancellationToken))
        {
            await screen.NoteAsync("Nothing was erased.");
            return StatHubCommand.Failure;
        }
        await api.DeleteAsync(RestPath.Of("tenants", tenant), cancellationToken);
        await screen.NoteAsync($"Tenant {tenant} is erased.");
        return StatHubCommand.Success;
    }

    private async Task<bool> IsConfirmedAsync(string tenant, Uri server, Screen screen, CancellationToken cancellationToken)
    {
        await screen.AskAsync($"All counts, raw hits and tokens of {tenant} on {server} will be gone. Type {tenant} to erase it: ");
        // The console's reader does not look at a token before it has a line.
        var answer = await Task.Run(() => _shell.Input().ReadLine(), CancellationToken.None).WaitAsync(cancellationToken);
        return answer?.Trim() == tenant;
    }
}
