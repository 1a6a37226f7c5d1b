using System.CommandLine;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Tenants;

namespace StatHub.Cli.Commands.Tenant;

/// <summary><c>stathub tenant create</c>: registers a tenant.</summary>
internal sealed class CreateCommand : ApiCommand
{
    private readonly Argument<string> _tenant = CommonArguments.Tenant("Its name in addresses: 1 to 32 characters of a-z and 0-9.");
    private readonly Option<string?> _name = new("--name") { Description = "What people call it. Without it the same.", HelpName = "text" };
    private readonly Option<int?> _retention = new("--retention-days")
    {
        Description = "How many days raw hits are kept. Without it for ever.",
        HelpName = "days",
    };

    private readonly Option<int?> _rollups = new("--rollup-months")
    {
        Description = "How many whole UTC months of sums are kept beside the current one. Without it for ever.",
        HelpName = "months",
    };

    private readonly Option<int?> _keys = new("--key-limit") { Description = "How many keys it may have. Without it the service's default.", HelpName = "keys" };
    private readonly Option<long?> _hits = new("--hits-per-day") { Description = "How many hits of a UTC day are counted. Without it any number.", HelpName = "hits" };

    private readonly Option<bool> _public = new("--public-read") { Description = "Let anybody read its counts and series without a token." };
    private readonly Option<string[]> _origins = new("--cors-origin")
    {
        Description = "A web page whose scripts may ask about it, such as https://shop.example; may be given several times.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "origin",
    };

    public CreateCommand(Shell shell, Connection connection)
        : base("create", "Registers a tenant.", """
            Hits of a tenant are counted from its registration on. It needs the admin's token.

            Examples:
              stathub tenant create shop
              stathub tenant create shop --name "My shop" --retention-days 400
              stathub tenant create shop --retention-days 30 --rollup-months 24
              stathub tenant create shop --public-read --cors-origin https://shop.example
            """, shell, connection)
    {
        Add(_tenant);
        Add(_name);
        Add(_retention);
        Add(_rollups);
        Add(_keys);
        Add(_hits);
        Add(_public);
        Add(_origins);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var tenant = await api.PostAsync(
            RestPath.Of("tenants"),
            new NewTenant(parsed.GetRequiredValue(_tenant), parsed.GetValue(_name), parsed.GetValue(_retention), parsed.GetValue(_keys), parsed.GetValue(_hits),
                parsed.GetValue(_rollups), parsed.GetValue(_public), parsed.GetValue(_origins) is { Length: > 0 } origins ? origins : null),
            RestCaller.Json.NewTenant, RestCaller.Json.TenantInfo, cancellationToken);
        if (parsed.GetValue(JsonOption))
            await screen.JsonAsync(tenant.Json);
        await screen.NoteAsync($"Tenant {tenant.Value.Id} is registered.");
        return StatHubCommand.Success;
    }
}
