using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;

namespace StatHub.Tests.Memory;

/// <summary>One counted line, read the slow and obvious way.</summary>
public sealed record MemoryHit(TenantId Tenant, HitKey Key, DateTimeOffset Instant, ValueSum Value, bool IsBot, string? Visitor, string Line);

/// <summary>Decides what becomes of a line with nothing of the product's parser.</summary>
public static partial class MemoryLine
{
    /// <summary>Reads a line; the reason is that of its first fault, in the order of the fields.</summary>
    public static RejectReason Read(string line, DateTimeOffset now, out MemoryHit? hit, out TenantId? tenant)
    {
        hit = null;
        tenant = null;
        JsonElement fields;
        try
        {
            fields = JsonDocument.Parse(line).RootElement;
        }
        catch (JsonException)
        {
            return RejectReason.Malformed;
        }
        if (fields.ValueKind != JsonValueKind.Object)
            return RejectReason.Malformed;
        if (!TenantId.TryParse(Text(fields, "tenant"), out var id))
            return RejectReason.BadTenant;
        tenant = id;
        if (!HitKey.TryParse(Text(fields, "key"), out var key))
            return RejectReason.BadKey;
        var instant = DateTimeOffset.FromUnixTimeMilliseconds((long)(fields.GetProperty("msec").GetDecimal() * 1000));
        if (instant.Year < 2000 || instant > now.AddHours(24))
            return RejectReason.TimeOutOfRange;
        var status = fields.GetProperty("status").GetInt32();
        if (status is not (200 or 204 or 304))
            return status == 429 ? RejectReason.Flood : RejectReason.Status;
        if (!TryReadValue(Text(fields, "args") ?? "", out var value))
            return RejectReason.BadValue;
        var agent = Text(fields, "http_user_agent") ?? "";
        var isBot = agent.Length == 0 || BotPattern().IsMatch(agent);
        var address = Text(fields, "remote_addr");
        hit = new MemoryHit(id, key, instant, value, isBot, string.IsNullOrEmpty(address) ? null : $"{address} {agent}", line);
        return RejectReason.None;
    }

    private static string? Text(JsonElement fields, string name) => fields.TryGetProperty(name, out var field) ? field.GetString() : null;

    private static bool TryReadValue(string args, out ValueSum value)
    {
        var text = args.Split('&').Where(arg => arg.StartsWith("tv=", StringComparison.Ordinal)).Select(arg => arg[3..]).FirstOrDefault("");
        value = new ValueSum(1_000_000);
        if (text.Length == 0)
            return true;
        if (!ValuePattern().IsMatch(text))
            return false;
        value = new ValueSum((Int128)(decimal.Parse(text, CultureInfo.InvariantCulture) * 1_000_000));
        return true;
    }

    // Enough for the user agents of tests.
    [GeneratedRegex("Googlebot|curl/")]
    private static partial Regex BotPattern();

    [GeneratedRegex(@"^-?[0-9]{1,12}(\.[0-9]{1,6})?\z")]
    private static partial Regex ValuePattern();
}
