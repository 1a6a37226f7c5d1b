namespace StatHub.Server.Http;

internal static class RouteTemplates
{
    /// <summary>The template of the route that a request met, which names no tenant and no key.</summary>
    public static string RouteTemplate(this HttpContext http) =>
        (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.TrimEnd('/') ?? "unknown";
}
