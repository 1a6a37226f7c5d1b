using System.Globalization;
using System.Text.Unicode;
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
        if (IsOverflow(http, text))
            return new HitScope(tenant, HitKey.Overflow);
        if (HitKey.TryParse(text, out var key) && IsWholeText(http))
            return new HitScope(tenant, key);
        arguments.Refuse("key", "A key has 1 to 128 bytes of UTF-8, percent-encoded once, without '/' and control characters.");
        return new HitScope(tenant);
    }

    /// <summary>Whether the path has <c>%2Fother</c>, and not the key that is called so, <c>%252Fother</c>.</summary>
    private static bool IsOverflow(HttpContext http, string text) =>
        text.Equals("%2Fother", StringComparison.OrdinalIgnoreCase)
        && RawPath.Of(http).Contains("/%2Fother/", StringComparison.OrdinalIgnoreCase);

    private static bool IsWholeText(HttpContext http) => !http.Request.Path.Value!.Contains('%') || IsEncodedText(RawPath.Of(http));

    private static bool IsEncodedText(ReadOnlySpan<char> path)
    {
        var bytes = new byte[path.Length];
        var length = 0;
        for (var i = 0; i < path.Length; i++)
        {
            var character = (byte)path[i];
            if (path[i] == '%')
            {
                if (i + 2 >= path.Length || !byte.TryParse(path.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, null, out character)
                    || character == '/')
                    return false;
                i += 2;
            }
            bytes[length++] = character;
        }
        return Utf8.IsValid(bytes.AsSpan(0, length));
    }
}
