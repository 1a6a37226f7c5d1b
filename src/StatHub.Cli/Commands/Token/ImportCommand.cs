using System.CommandLine;
using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Tokens;

namespace StatHub.Cli.Commands.Token;

/// <summary><c>stathub token import</c>: takes over the tokens of stats-service.</summary>
internal sealed class ImportCommand : ApiCommand
{
    private readonly Shell _shell;
    private readonly Argument<string> _file = new("file") { Description = "An access.json of stats-service; - reads it from standard input." };
    private readonly Option<string?> _tenant = CommonArguments.TenantOption("The tenant that they are for from now on.");
    private readonly Option<string[]> _scopes = new("--scope")
    {
        Description = "What they may do: read, write or admin; may be given several times. Without it read and write.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => ["read", "write"],
    };

    public ImportCommand(Shell shell, Connection connection)
        : base("import", "Takes over the tokens of stats-service.", """
            A token of the file is taken over when its signature is that of its access_secret and its identity is the user's
            username or id. Clients go on with it as it is; the service keeps only its hash. Exit code 1 when one was refused.

            Examples:
              stathub token import access.json --tenant shop
              stathub token import access.json --tenant shop --scope write
            """, shell, connection)
    {
        _shell = shell;
        _tenant.Required = true;
        _scopes.AcceptOnlyFromAmong("read", "write", "admin");
        Add(_file);
        Add(_tenant);
        Add(_scopes);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var file = parsed.GetRequiredValue(_file);
        var text = file == "-" ? await _shell.Input().ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(file, cancellationToken);
        var path = TokenPath.Of(parsed.GetRequiredValue(_tenant), "import").With("scopes", string.Join(',', parsed.GetRequiredValue(_scopes)));
        var report = await api.PostJsonAsync(path, text, RestCaller.Json.TokenImportReport, cancellationToken);
        await PrintAsync(parsed, screen, report, value => Show(screen, value));
        await screen.NoteAsync($"{report.Value.Imported} imported, {report.Value.Known} there already, {report.Value.Refused} refused.");
        return report.Value.Refused == 0 ? StatHubCommand.Success : StatHubCommand.Failure;
    }

    private static void Show(Screen screen, TokenImportReport report)
    {
        var columns = new Columns().LongText("User").Number("Token").Text("Outcome").Number("Id").LongText("Why");
        foreach (var token in report.Tokens)
        {
            columns.Row(
                token.User, token.Number.ToString(CultureInfo.InvariantCulture), token.Outcome,
                token.Id?.ToString(CultureInfo.InvariantCulture) ?? "", token.Why ?? "");
        }
        screen.Show(columns.Build());
    }
}
