namespace StatHub.Server.Http;

/// <summary>Why a request may not pass.</summary>
internal enum RefusalReason
{
    /// <summary>It brought no token.</summary>
    NoToken,

    /// <summary>It brought what is no valid token.</summary>
    BadToken,

    /// <summary>Its token was valid once.</summary>
    ExpiredToken,

    /// <summary>There is no such tenant, or the token does not see it.</summary>
    UnknownTenant,

    /// <summary>The token may not do this.</summary>
    MissingScope,

    /// <summary>The token is for all tenants, and the route takes the tenant from it.</summary>
    NoTenant,

    /// <summary>Its address brought too many wrong tokens.</summary>
    TooManyAttempts,

    /// <summary>Its address or its token asks too often.</summary>
    TooManyRequests,
}

/// <summary>Writes status and body of a refusal. Headers are there already.</summary>
internal delegate Task RefusalWriter(HttpContext http, Refusal refusal);

/// <summary>What a request is told that may not pass.</summary>
/// <param name="Reason">For logs, metrics and writers of other bodies.</param>
/// <param name="Problem">The body of all routes that have no other.</param>
/// <param name="RetryAfter">When it may pass, where that is known.</param>
internal sealed record Refusal(RefusalReason Reason, ProblemResult Problem, TimeSpan? RetryAfter = null)
{
    public static readonly Refusal NoToken = new(RefusalReason.NoToken, Problems.NoToken);
    public static readonly Refusal BadToken = new(RefusalReason.BadToken, Problems.BadToken);
    public static readonly Refusal ExpiredToken = new(RefusalReason.ExpiredToken, Problems.ExpiredToken);
    public static readonly Refusal UnknownTenant = new(RefusalReason.UnknownTenant, Problems.UnknownTenant);
    public static readonly Refusal MissingScope = new(RefusalReason.MissingScope, Problems.MissingScope);
    public static readonly Refusal NoTenant = new(RefusalReason.NoTenant, Problems.TokenWithoutTenant);

    public static Refusal TooManyAttempts(TimeSpan wait) => new(RefusalReason.TooManyAttempts, Problems.TooManyAttempts, wait);

    public static Refusal TooManyRequests(TimeSpan wait) => new(RefusalReason.TooManyRequests, Problems.TooManyRequests, wait);

    public static Task WriteProblemAsync(HttpContext http, Refusal refusal) => refusal.Problem.ExecuteAsync(http);
}
