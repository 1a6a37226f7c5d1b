using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Tenants;

namespace StatHub.Cli.Commands.Tenant;

/// <summary><c>stathub tenant set</c>: changes a tenant's name, limits and who may read it.</summary>
internal sealed class SetCommand : ApiCommand
{
    private const string None = "none";

    private readonly Argument<string> _tenant = CommonArguments.Tenant();
    private readonly Option<string?> _name = new("--name") { Description = "What people call it.", HelpName = "text" };
    private readonly Option<string?> _retention = Number("--retention-days", "How many days raw hits are kept; none keeps them for ever.", "days");
    private readonly Option<string?> _rollups = Number(
        "--rollup-months", "How many whole UTC months of sums are kept beside the current one; none keeps them for ever.", "months");

    private readonly Option<string?> _keys = Number("--key-limit", "How many keys it may have; none for the service's default.", "keys");
    private readonly Option<string?> _hits = Number("--hits-per-day", "How many hits of a UTC day are counted; none for any number.", "hits");

    private readonly Option<string?> _public = new("--public-read")
    {
        Description = "Whether anybody may read its counts and series without a token: yes or no.",
        HelpName = "yes|no",
    };

    private readonly Option<string[]?> _origins = new("--cors-origin")
    {
        Description = "A web page whose scripts may ask about it, such as https://shop.example; may be given several times. none takes all away.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "origin",
    };

    public SetCommand(Shell shell, Connection connection)
        : base("set", "Changes a tenant's name, limits and who may read it.", """
            What is not named stays as it is. Limits hold for hits that are counted from now on. Sums are not kept shorter
            than raw hits. It needs the admin's token.

            Examples:
              stathub tenant set shop --name "My shop"
              stathub tenant set shop --hits-per-day 1000000 --key-limit 5000
              stathub tenant set shop --retention-days 30 --rollup-months 24
              stathub tenant set shop --retention-days none --rollup-months none
              stathub tenant set shop --public-read yes --cors-origin https://shop.example https://www.shop.example
            """, shell, connection)
    {
        Add(_tenant);
        _public.AcceptOnlyFromAmong("yes", "no");
        Option[] settings = [_name, _retention, _rollups, _keys, _hits, _public, _origins];
        foreach (var option in settings)
            Add(option);
        Add(JsonOption);
        Validators.Add(result =>
        {
            if (settings.All(option => result.GetResult(option) is null))
                result.AddError("Say what to change: --name, --retention-days, --rollup-months, --key-limit, --hits-per-day, --public-read or --cors-origin.");
        });
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var change = new TenantChange
        {
            Name = parsed.GetValue(_name) is { } name ? JsonSerializer.SerializeToElement(name, RestCaller.Json.String) : default,
            RetentionDays = Element(parsed.GetValue(_retention)),
            RollupMonths = Element(parsed.GetValue(_rollups)),
            KeyLimit = Element(parsed.GetValue(_keys)),
            HitsPerDay = Element(parsed.GetValue(_hits)),
            PublicRead = Element(parsed.GetValue(_public) switch { null => null, "yes" => "true", _ => "false" }),
            CorsOrigins = Origins(parsed.GetValue(_origins)),
        };
        var tenant = await api.PatchAsync(
            RestPath.Of("tenants", parsed.GetRequiredValue(_tenant)), change, RestCaller.Json.TenantChange, RestCaller.Json.TenantInfo, cancellationToken);
        if (parsed.GetValue(JsonOption))
            await screen.JsonAsync(tenant.Json);
        await screen.NoteAsync($"Tenant {tenant.Value.Id} is changed.");
        return StatHubCommand.Success;
    }

    private static JsonElement Element(string? text) => text is null ? default : JsonElement.Parse(text == None ? "null" : text);

    private static JsonElement Origins(string[]? origins) => origins is not { Length: > 0 } ? default
        : origins is [None] ? JsonElement.Parse("null")
        : JsonSerializer.SerializeToElement(origins, RestCaller.Json.StringArray);

    private static Option<string?> Number(string name, string description, string what)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = what };
        option.Validators.Add(CheckNumber);
        return option;
    }

    private static void CheckNumber(OptionResult result)
    {
        if (result.Tokens is [{ Value: not None } token] && !(long.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
            result.AddError($"'{token.Value}' is neither a number from 1 on nor none.");
    }
}
