using StatHub.Contracts;

namespace StatHub.Server.Http;

/// <summary>Every problem that the API answers with, by its stable type.</summary>
internal static class Problems
{
    public static ProblemResult BadArguments(IReadOnlyDictionary<string, string[]> errors) => new(new Problem(
        "/problems/bad-arguments", "The request has bad arguments.", 400, "See 'errors' for each of them.", errors));

    public static ProblemResult BadArgument(string name, string message) =>
        BadArguments(new Dictionary<string, string[]> { [name] = [message] });

    public static ProblemResult BadRequest(int status, string detail) => new(new Problem(
        "/problems/bad-request", "The request cannot be read.", status, detail));

    public static readonly ProblemResult NoToken = new(new Problem(
        "/problems/no-token", "A token is needed.", 401, "Send 'Authorization: Bearer <token>' with a token that is valid."));

    public static readonly ProblemResult BadToken = new(new Problem(
        NoToken.Problem.Type, NoToken.Problem.Title, 401, "The token of this request is not valid: it is misspelled, or was revoked."));

    public static readonly ProblemResult ExpiredToken = new(new Problem(
        "/problems/expired-token", "The token has expired.", 401, "It was valid and is not any more: ask who gave it to you for another one."));

    public static readonly ProblemResult TokenWithoutTenant = new(new Problem(
        "/problems/token-without-tenant", "The token is for all tenants.", 403, "The tenant of this route is that of the token: send a token of one tenant."));

    public static readonly ProblemResult MissingScope = new(new Problem(
        "/problems/missing-scope", "The token may not do this.", 403, "The token is valid and lacks the scope that this needs."));

    public static readonly ProblemResult TooManyAttempts = new(new Problem(
        "/problems/too-many-attempts", "Too many wrong tokens came from this address.", 429, "Wait as long as 'Retry-After' says; until then no token that is new here is looked at."));

    public static readonly ProblemResult TooManyRequests = new(new Problem(
        "/problems/too-many-requests", "Too many requests.", 429, "The address or the token asks more often than it may. Wait as long as 'Retry-After' says."));

    public static readonly ProblemResult UnknownTenant = new(new Problem(
        "/problems/unknown-tenant", "There is no such tenant.", 404, "No tenant of that name exists, or the token does not see it."));

    public static readonly ProblemResult UnknownToken = new(new Problem(
        "/problems/unknown-token", "There is no such token.", 404, "The tenant has no token with that number."));

    public static readonly ProblemResult UnknownEvent = new(new Problem(
        "/problems/unknown-event", "There is no such event.", 404, "The tenant has no event of that name, or its raw hit is not kept any longer."));

    public static ProblemResult EventNotKnownYet(string why) => new(new Problem("/problems/event-not-known-yet", "It is not known yet whether there is such an event.", 503, why));

    public static readonly ProblemResult KeyReused = new(new Problem(
        "/problems/idempotency-key-reused", "The Idempotency-Key was used for something else.", 422,
        "Within the last 24 hours another body came with this key. Nothing was stored."));

    public static ProblemResult EventsNotTaken(string why) => new(new Problem(
        "/problems/events-not-taken", "The events were not taken.", 503, why + " Send them again; with the same Idempotency-Key or event_id none is counted twice."));

    public static ProblemResult BadLog(string why) => new(new Problem("/problems/bad-log", "The log cannot be read.", 400, why));

    public static readonly ProblemResult ImportUnderWay = new(new Problem(
        "/problems/import-under-way", "Another import of the tenant is under way.", 409, "Send the log again when that has ended. Nothing of it was taken."));

    public static ProblemResult NoRoomForLog(string why) => new(new Problem(
        "/problems/no-room", "There is no room for the log.", 507, why + " Send it again when there is; what was taken of it counts once."));

    public static readonly ProblemResult UnknownJob = new(new Problem(
        "/problems/unknown-job", "There is no such job.", 404, "No job of that number was asked for since the service started, or it is long gone."));

    public static readonly ProblemResult TooManyJobs = new(new Problem(
        "/problems/too-many-jobs", "Too many jobs wait.", 429, "Ask again when some of them are done, or cancel one."));

    public static readonly ProblemResult UnknownRoute = new(new Problem(
        "/problems/unknown-route", "There is nothing here.", 404, "See /openapi/v1.json for what there is."));

    public static readonly ProblemResult WrongMethod = new(new Problem(
        "/problems/wrong-method", "The method does not fit.", 405, "The header 'Allow' lists the methods of this address."));

    public static readonly ProblemResult NotAcceptable = new(new Problem(
        "/problems/not-acceptable",
        "None of the accepted formats is available.",
        406,
        "There are application/json, application/x-ndjson, text/csv and text/tab-separated-values."));

    public static ProblemResult TenantExists(string tenant) => new(new Problem(
        "/problems/tenant-exists", "The tenant exists already.", 409, $"There is a tenant '{tenant}'; nothing was changed."));

    public static ProblemResult NginxNotSignalled(string why) => new(new Problem(
        "/problems/nginx-not-signalled", "nginx could not be signalled.", 502, why));

    public static ProblemResult NotReady(IReadOnlyList<string> reasons) => new(new Problem(
        "/problems/not-ready", "The service is not ready.", 503, "See 'reasons'.", Reasons: reasons));

    public static ProblemResult Broken(string traceId) => new(new Problem(
        "/problems/internal-error", "The service failed.", 500, "The log says more under the trace id.", TraceId: traceId));

    /// <summary>The problem of an answer that has a status and nothing else.</summary>
    public static ProblemResult OfStatus(int status) => status switch
    {
        401 => NoToken,
        403 => MissingScope,
        404 => UnknownRoute,
        405 => WrongMethod,
        413 => BadRequest(413, "The body is too large."),
        415 => BadRequest(415, "The body must be application/json."),
        _ => BadRequest(status, "The request cannot be answered."),
    };
}
