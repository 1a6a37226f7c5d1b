using System.Globalization;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

/// <summary>Refuses requests: every refusal is answered, counted and logged here, without what was refused.</summary>
internal sealed partial class Refusals(ILogger<Refusals> logger) : IMetricSource
{
    private static readonly RefusalReason[] Reasons = Enum.GetValues<RefusalReason>();

    private readonly long[] _counts = new long[Reasons.Length];

    public Task WriteAsync(HttpContext http, Refusal refusal)
    {
        Interlocked.Increment(ref _counts[(int)refusal.Reason]);
        LogRefused(
            http.RouteTemplate(), ClientAddress.Network(http.Connection.RemoteIpAddress), Name(refusal.Reason), Printable(http.Features.Get<Token>()?.Name));
        if (refusal.Problem.Problem.Status == StatusCodes.Status401Unauthorized)
            http.Response.Headers.WWWAuthenticate = Challenge(refusal.Reason);
        if (refusal.RetryAfter is { } wait)
            http.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Demand(http).Refuse(http, refusal);
    }

    /// <summary>What the route of a request demands. One that states nothing is for the service's admin only.</summary>
    public static AccessDemand Demand(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<AccessDemand>() ?? Access.ServiceAdmin;

    public void WriteTo(PrometheusText text)
    {
        text.Metric("stathub_access_refused_total", "counter", "Requests that might not pass, by the reason.");
        foreach (var reason in Reasons)
            text.Sample("stathub_access_refused_total", Interlocked.Read(ref _counts[(int)reason]), ("reason", Name(reason)));
    }

    private static string Challenge(RefusalReason reason) =>
        reason == RefusalReason.NoToken ? "Bearer realm=\"StatHub\"" : "Bearer realm=\"StatHub\", error=\"invalid_token\"";

    private static string Name(RefusalReason reason) => reason switch
    {
        RefusalReason.NoToken => "no_token",
        RefusalReason.BadToken => "bad_token",
        RefusalReason.ExpiredToken => "expired_token",
        RefusalReason.UnknownTenant => "unknown_tenant",
        RefusalReason.MissingScope => "missing_scope",
        RefusalReason.NoTenant => "no_tenant",
        RefusalReason.TooManyAttempts => "too_many_attempts",
        _ => "too_many_requests",
    };

    // Names of tokens that earlier versions made may have any character, and a line break would begin another line of the log.
    private static string Printable(string? name) =>
        name is null ? "none" : name.Any(char.IsControl) ? string.Concat(name.Select(character => char.IsControl(character) ? '?' : character)) : name;

    [LoggerMessage(LogLevel.Information, "{Route} refused to {Network}: {Reason}, token {Token}")]
    private partial void LogRefused(string route, string network, string reason, string token);
}
