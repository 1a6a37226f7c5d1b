using StatHub.Server.Http;

namespace StatHub.Server.Hits;

/// <summary>Counts, series, raw hits and keys.</summary>
internal static class HitEndpoints
{
    public static IServiceCollection AddHits(this IServiceCollection services) => services.AddSingleton<PublicAnswers>();

    public static void MapHits(this IEndpointRouteBuilder routes)
    {
        var tenant = routes.MapGroup("/api/v1/tenants/{tenant}").WithTags("Hits").AllowsPages();
        tenant.MapCounts("a tenant");
        tenant.MapTop("a tenant");
        tenant.MapSums("a tenant");
        tenant.MapRawHits("a tenant");
        tenant.MapKeys();
        var key = tenant.MapGroup("/keys/{key}");
        key.MapCounts("a key");
        key.MapTop("a key");
        key.MapSums("a key");
        key.MapRawHits("a key");
    }
}
