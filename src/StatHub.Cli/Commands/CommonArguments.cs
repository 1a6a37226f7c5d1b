using System.CommandLine;
using System.CommandLine.Parsing;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;

namespace StatHub.Cli.Commands;

/// <summary>Arguments and options that several commands take.</summary>
internal static class CommonArguments
{
    public static Argument<string> Tenant(string description = "The tenant.")
    {
        var tenant = new Argument<string>("tenant") { Description = description };
        tenant.Validators.Add(CheckTenant);
        return tenant;
    }

    public static Option<string?> TenantOption(string description)
    {
        var tenant = new Option<string?>("--tenant") { Description = description };
        tenant.Validators.Add(CheckTenant);
        return tenant;
    }

    public static Option<string?> KeyOption(string description)
    {
        var key = new Option<string?>("--key") { Description = description };
        key.Validators.Add(CheckKey);
        return key;
    }

    public static Argument<string?> Key()
    {
        var key = new Argument<string?>("key")
        {
            Description = "One of its keys, as it is (not percent-encoded); the whole tenant without it.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        key.Validators.Add(CheckKey);
        return key;
    }

    public static Argument<string> Dimension()
    {
        var dimension = new Argument<string>("dimension") { Description = "What the hits are divided by, such as browser, referrer or d.plan." };
        dimension.CompletionSources.Add([.. DimensionNames.All]);
        dimension.Validators.Add(CheckDimension);
        return dimension;
    }

    public static Option<string?> DimensionOption(string description)
    {
        var dimension = new Option<string?>("--dimension") { Description = description, HelpName = "name" };
        dimension.CompletionSources.Add([.. DimensionNames.All]);
        dimension.Validators.Add(CheckDimension);
        return dimension;
    }

    public static Option<bool> Fresh() => new("--fresh")
    {
        Description = "Wait, up to 10 seconds, until everything that is written now is in the answer.",
    };

    public static Option<long?> Limit(string description, long most)
    {
        var limit = new Option<long?>("--limit") { Description = description, HelpName = "number" };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!long.TryParse(token.Value, out var number) || number < 1 || number > most))
                result.AddError(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"--limit is a whole number from 1 to {most:N0}."));
        });
        return limit;
    }

    private static void CheckKey(SymbolResult result)
    {
        if (result.Tokens is not [var token])
            return;
        if (!HitKey.TryParse(token.Value, out _) && token.Value != HitKey.Overflow.ToString())
            result.AddError("A key has 1 to 128 bytes of UTF-8 without '/' and control characters.");
        else if (token.Value is "." or "..")
            // Every client and server takes them for parts of the path, percent-encoded too.
            result.AddError($"The key '{token.Value}' cannot be asked for by itself: no address can have it.");
    }

    private static void CheckDimension(SymbolResult result)
    {
        if (result.Tokens is [var token] && !DimensionName.TryParse(token.Value, out _))
            result.AddError($"'{token.Value}' is no dimension: it is {string.Join(", ", DimensionNames.All)}, or d. and a name of your own.");
    }

    private static void CheckTenant(SymbolResult result)
    {
        if (result.Tokens is [var token] && !TenantId.TryParse(token.Value, out _))
            result.AddError($"'{token.Value}' is no tenant: 1 to 32 characters of a-z and 0-9.");
    }
}
