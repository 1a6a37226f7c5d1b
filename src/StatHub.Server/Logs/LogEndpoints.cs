using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Json;
using StatHub.Contracts.Logs;
using StatHub.Core.Logs;
using StatHub.Server.Http;
using StatHub.Storage.Logs;

namespace StatHub.Server.Logs;

/// <summary>Takes access logs of a tenant.</summary>
internal static class LogEndpoints
{
    private static readonly LogImported Example = new(
        "combined", 3, 2, 4711, new Dictionary<string, long> { ["bad_time"] = 1 }, [new UnreadLine(2, "bad_time", LogReason.BadTime.Meaning(), "127.0.0.1 - - [yesterday] …")], 356, 0, 1);

    private const int DefaultLimit = 100;
    private const int MostLimit = 1000;

    private static readonly ImportedLog ImportedExample = new(
        new DateTimeOffset(2026, 11, 22, 2, 0, 0, TimeSpan.Zero), "combined", KeyRule.Usual, 3, 2, 4711, new Dictionary<string, long> { ["bad_time"] = 1 }, 356, 0, 1, null);

    public static void MapLogs(this IEndpointRouteBuilder routes)
    {
        routes.MapRead("/api/v1/tenants/{tenant}/logs", List).Demands(Access.Read).WithTags("Logs")
            .WithSummary("List the logs that were imported")
            .WithDescription("The newest first, with what became of their lines. A log whose content was known is not in it. 1000 are kept.")
            .Takes(new QueryArgument("limit", $"At most so many, 1 to {MostLimit}; {DefaultLimit} without it.", "20"))
            .Answers(200, "The logs.", [ImportedExample], StatHubJson.Default.IReadOnlyListImportedLog)
            .AnswersTenantProblems();
        routes.MapPost("/api/v1/tenants/{tenant}/logs", ImportAsync).Demands(Access.Write).WithTags("Logs")
            .WithSummary("Import an access log, or a report of ringserver")
            .WithDescription(
                "The body is the log as it is, or compressed by gzip, of any length; a 200 means that its lines are on disk. A log that was imported before counts once, under whatever name; one that has grown "
                + "since goes on where it ended. Each line is a hit of the key that `key` makes of it, with the bytes of the answer as its value, and with the dimensions of the pixel. Of a report of ringserver each stream is one, with its own dimensions. One import of a tenant at a time.")
            .Takes(
                new QueryArgument("format", $"`auto` recognises it; else one of {string.Join(", ", LogFormat.All.Select(format => $"`{format.Name}`"))}, or a `log_format` of nginx, with its variables.", LogFormat.Auto),
                new QueryArgument("key", $"A text with `{{section}}`, `{{path}}`, `{{host}}`, `{{method}}` or `{{status}}` in it, or without any; or `~` and a regular expression with a group `(?<key>…)` that is matched against the path. By default `{KeyRule.Usual}`, and `{LogFormat.Ringserver.UsualKey}` for its reports.", KeyRule.Usual))
            .WithMetadata(new BodyDoc("127.0.0.1 - - [22/Nov/2026:01:36:17 +0000] \"GET /pages/create?x=1 HTTP/1.1\" 200 4711 \"-\" \"curl/8.14.1\"\n"))
            .Answers(200, "What became of its lines.", Example, StatHubJson.Default.LogImported)
            .AnswersTenantProblems()
            .AnswersProblems(Problems.BadLog("…"), Problems.OfStatus(413), Problems.ImportUnderWay, Problems.NoRoomForLog("…"));
    }

    private static Results<Ok<IReadOnlyList<ImportedLog>>, ProblemResult> List(HttpContext http, LogImports imports)
    {
        var arguments = new Arguments(http);
        var tenant = ScopeArguments.Read(http, arguments).Tenant;
        var limit = arguments.Number("limit", 1, MostLimit) ?? DefaultLimit;
        if (arguments.Failed(out var problem))
            return problem;
        return TypedResults.Ok<IReadOnlyList<ImportedLog>>(
        [
            .. imports.Reports(tenant, limit).Select(log => new ImportedLog(
                log.At, log.Format, log.Key, log.Lines, log.Entries, log.Bytes, log.Refused, log.LogBytes, log.KnownBytes, log.BadLines, log.StreamLines)),
        ]);
    }

    private static async Task<Results<Ok<LogImported>, ProblemResult>> ImportAsync(HttpContext http, LogImports imports)
    {
        var arguments = new Arguments(http);
        var tenant = ScopeArguments.Read(http, arguments).Tenant;
        var (format, key) = (ReadFormat(arguments), ReadKey(arguments));
        if (arguments.Failed(out var problem))
            return problem;
        // Its headers would be lines of the log.
        if (http.Request.HasFormContentType && http.Request.ContentType!.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
            return Problems.BadLog("It is a form with a file in it. Send the log itself as the body: curl --data-binary @access.log, or wget --post-file access.log.");
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        try
        {
            var imported = await imports.ImportAsync(tenant, new LogRequest(format, key), http.Request.Body, http.RequestAborted);
            return TypedResults.Ok(Answer(imported));
        }
        catch (LogImportException exception)
        {
            return exception.Fault switch
            {
                LogImportFault.Bomb => Problems.BadRequest(StatusCodes.Status413PayloadTooLarge, exception.Message),
                LogImportFault.Busy => Problems.ImportUnderWay,
                LogImportFault.DiskFull => Problems.NoRoomForLog(exception.Message),
                _ => Problems.BadLog(exception.Message),
            };
        }
    }

    private static LogFormat? ReadFormat(Arguments arguments)
    {
        if (!LogFormat.TryParse(arguments.Text("format") ?? LogFormat.Auto, out var format, out var error))
            arguments.Refuse("format", error);
        return format;
    }

    private static KeyRule? ReadKey(Arguments arguments)
    {
        if (arguments.Text("key") is not { } key)
            return null;
        if (!KeyRule.TryParse(key, out var rule, out var error))
            arguments.Refuse("key", error);
        return rule;
    }

    private static LogImported Answer(LogImport import) => new(
        import.Format.Name, import.Report.Lines, import.Entries, import.Report.Bytes,
        import.Report.Refused.ToDictionary(refused => refused.Reason.Name(), refused => refused.Lines),
        [.. import.Report.Samples.Select(sample => new UnreadLine(sample.Number, sample.Reason.Name(), sample.Reason.Meaning(), sample.Text))],
        import.LogBytes, import.KnownBytes, import.Report.BadLines, import.StreamLines);
}
