namespace StatHub.Server.Http;

/// <summary>
/// Marks a route that programs call thousands of times a second: a request that succeeds is in the metrics, and in the log only at the level <c>Debug</c>. Whatever fails is logged
/// like everything else.
/// </summary>
internal sealed class FrequentRoute
{
    /// <summary>The metadata of such a route.</summary>
    public static readonly FrequentRoute Mark = new();

    private FrequentRoute()
    {
    }

    /// <summary>Whether a request was answered with success by such a route.</summary>
    public static bool Served(HttpContext http) => http.Response.StatusCode < 400 && http.GetEndpoint()?.Metadata.GetMetadata<FrequentRoute>() is not null;
}
