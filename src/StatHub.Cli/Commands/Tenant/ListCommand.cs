using System.CommandLine;
using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Tenants;

namespace StatHub.Cli.Commands.Tenant;

/// <summary><c>stathub tenant list</c>: the tenants that the token sees.</summary>
internal sealed class ListCommand : ApiCommand
{
    public ListCommand(Shell shell, Connection connection)
        : base("list", "Lists the tenants that the token sees.", """
            Examples:
              stathub tenant list
              stathub tenant list --json | jq -r '.[].id'
            """, shell, connection) => Add(JsonOption);

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var tenants = await api.GetAsync(RestPath.Of("tenants"), RestCaller.Json.IReadOnlyListTenantInfo, cancellationToken);
        return await PrintAsync(parsed, screen, tenants, value => Show(screen, value));
    }

    private static void Show(Screen screen, IReadOnlyList<TenantInfo> tenants)
    {
        var columns = new Columns().Text("Tenant").LongText("Name").Number("Days kept").Number("Months of sums").Text("Sums from").Number("Keys").Number("Hits a day").Text("Public").Text("Since");
        foreach (var tenant in tenants)
        {
            columns.Row(
                tenant.Id, tenant.Name, Kept(tenant.RetentionDays), Kept(tenant.RollupMonths), tenant.SumsFrom?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
                Figures.Of(tenant.KeyLimit), Figures.Of(tenant.HitsPerDay), tenant.PublicRead ? "yes" : "no", Figures.Of(tenant.CreatedAt));
        }
        screen.Show(columns.Build());
    }

    private static string Kept(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "for ever";
}
