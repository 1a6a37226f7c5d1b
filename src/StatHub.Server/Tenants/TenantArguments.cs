using System.Globalization;
using System.Numerics;
using System.Text.Json;
using StatHub.Contracts.Tenants;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Server.Http;

namespace StatHub.Server.Tenants;

/// <summary>What a tenant is to be; what is wrong with it is noted in the arguments.</summary>
internal static class TenantArguments
{
    private const int LongestName = 200;
    private const int LongestRetention = 36_500;
    private const int LargestKeyLimit = 10_000_000;

    /// <summary>The tenant to register.</summary>
    public static Tenant Read(NewTenant body, Arguments arguments, TimeProvider time)
    {
        if (!TenantId.TryParse(body.Id, out var id))
            arguments.Refuse("id", "It is 1 to 32 characters of a-z and 0-9.");
        var tenant = new Tenant(id, body.Name ?? body.Id ?? "", body.RetentionDays, time.GetUtcNow(), body.KeyLimit, body.HitsPerDay, body.RollupMonths)
        {
            PublicRead = body.PublicRead,
            CorsOrigins = ReadOrigins(body.CorsOrigins, arguments),
        };
        return Checked(tenant, arguments, hasName: body.Name is not null);
    }

    /// <summary>The tenant with what is to change.</summary>
    public static Tenant Change(Tenant tenant, TenantChange change, Arguments arguments) => Checked(Changed(tenant, change, arguments), arguments);

    private static Tenant Changed(Tenant tenant, TenantChange change, Arguments arguments) => tenant with
    {
        Name = change.Name.ValueKind switch
        {
            JsonValueKind.Undefined => tenant.Name,
            JsonValueKind.Null => tenant.Id.ToString(),
            JsonValueKind.String => change.Name.GetString()!,
            _ => "",
        },
        RetentionDays = Changed(change.RetentionDays, tenant.RetentionDays, "retentionDays", arguments),
        RollupMonths = Changed(change.RollupMonths, tenant.RollupMonths, "rollupMonths", arguments),
        KeyLimit = Changed(change.KeyLimit, tenant.KeyLimit, "keyLimit", arguments),
        HitsPerDay = Changed(change.HitsPerDay, tenant.HitsPerDay, "hitsPerDay", arguments),
        PublicRead = change.PublicRead.ValueKind == JsonValueKind.Undefined ? tenant.PublicRead : ReadFlag(change.PublicRead, arguments),
        CorsOrigins = change.CorsOrigins.ValueKind == JsonValueKind.Undefined ? tenant.CorsOrigins : ReadOrigins(change.CorsOrigins, arguments),
    };

    private static bool ReadFlag(JsonElement flag, Arguments arguments)
    {
        if (flag.ValueKind is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null))
            arguments.Refuse("publicRead", "It is true, false or null.");
        return flag.ValueKind == JsonValueKind.True;
    }

    private static WebOrigins ReadOrigins(JsonElement origins, Arguments arguments) => origins.ValueKind switch
    {
        JsonValueKind.Null => default,
        JsonValueKind.Array => ReadOrigins([.. origins.EnumerateArray().Select(origin => origin.ValueKind == JsonValueKind.String ? origin.GetString() : null)], arguments),
        _ => ReadOrigins([null], arguments),
    };

    private static WebOrigins ReadOrigins(IReadOnlyList<string?>? origins, Arguments arguments)
    {
        if (!WebOrigins.TryCreate(origins ?? [], out var created))
            arguments.Refuse("corsOrigins", "It is a list of at most 20 origins such as https://shop.example, without a path; or '*'.");
        return created;
    }

    private static T? Changed<T>(JsonElement change, T? now, string name, Arguments arguments)
        where T : struct, IBinaryInteger<T>
    {
        if (change.ValueKind == JsonValueKind.Undefined)
            return now;
        if (change.ValueKind == JsonValueKind.Null)
            return null;
        if (change.ValueKind == JsonValueKind.Number && T.TryParse(change.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        arguments.Refuse(name, "It is a whole number in its range, or null.");
        return now;
    }

    private static Tenant Checked(Tenant tenant, Arguments arguments, bool hasName = true)
    {
        if (hasName && tenant.Name is { Length: 0 or > LongestName })
            arguments.Refuse("name", "A name has 1 to 200 characters.");
        if (tenant.RetentionDays is < 1 or > LongestRetention)
            arguments.Refuse("retentionDays", "It is a number of days from 1 to 36500.");
        if (tenant.RollupMonths is < 1 or > KeptMonths.Most)
            arguments.Refuse("rollupMonths", "It is a number of months from 1 to 1200.");
        else if (!tenant.KeepsSumsOfRawHits)
            arguments.Refuse("rollupMonths", ShorterThanRawHits(tenant.RollupMonths!.Value, tenant.RetentionDays));
        if (tenant.KeyLimit is < 1 or > LargestKeyLimit)
            arguments.Refuse("keyLimit", "It is a number of keys from 1 to 10000000.");
        if (tenant.HitsPerDay is < 1)
            arguments.Refuse("hitsPerDay", "It is a number of hits, 1 or more.");
        if (tenant is { PublicRead: false, CorsOrigins.HasEvery: true })
            arguments.Refuse("corsOrigins", "'*' goes with publicRead only: every page may then ask what anybody may read.");
        return tenant;
    }

    private static string ShorterThanRawHits(int rollupMonths, int? retentionDays) =>
        $"Sums are not kept shorter than raw hits. {rollupMonths} months have at least {KeptMonths.FewestDays(rollupMonths)} days, and retentionDays is {(retentionDays is { } days ? $"{days}" : "null: for ever")}.";
}
