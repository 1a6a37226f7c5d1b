using StatHub.Cli.Rest;

namespace StatHub.Cli.Commands.Token;

/// <summary>Where the tokens of a tenant are, and those for all tenants.</summary>
internal static class TokenPath
{
    public const string TenantDescription = "The tenant that they are for. Without it tokens for all tenants.";

    public static RestPath Of(string? tenant, params string[] rest) =>
        tenant is null ? RestPath.Of(["tokens", .. rest]) : RestPath.Of(["tenants", tenant, "tokens", .. rest]);

    public static string Whose(string? tenant) => tenant is null ? "for all tenants" : $"of {tenant}";
}
