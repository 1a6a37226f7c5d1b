using StatHub.Core.Hits;
using StatHub.Core.Tenants;

namespace StatHub.Server.Http;

/// <summary>The tenant and the key in a request's path.</summary>
internal static class ScopeArguments
{
    /// <summary>Reads them; a bad key is noted in the arguments. The tenant was checked when access was granted.</summary>
    public static HitScope Read(HttpContext http, Arguments arguments)
    {
        var tenant = TenantId.Parse((string)http.Request.RouteValues["tenant"]!);
        if (http.Request.RouteValues["key"] is not string text)
            return new HitScope(tenant);
        if (HitKey.TryParse(text, out var key) && !HasEncodedSlash(http))
            return new HitScope(tenant, key);
        arguments.Refuse("key", "A key has 1 to 128 bytes of UTF-8, percent-encoded once, without '/' and control characters.");
        return new HitScope(tenant);
    }

    // The server leaves %2F in a decoded path, so there it looks like a %252F that was decoded; only the raw target tells.
    private static bool HasEncodedSlash(HttpContext http)
    {
        if (!http.Request.Path.Value!.Contains("%2F", StringComparison.OrdinalIgnoreCase))
            return false;
        var target = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget.AsSpan();
        var end = target.IndexOf('?');
        return (end < 0 ? target : target[..end]).Contains("%2F", StringComparison.OrdinalIgnoreCase);
    }
}
