using Microsoft.AspNetCore.Diagnostics;

namespace StatHub.Server.Http;

/// <summary>Problem bodies for what no route answers itself: unknown addresses, wrong methods, unreadable requests, failures.</summary>
internal static partial class ErrorAnswers
{
    public static IApplicationBuilder UseErrorAnswers(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = AnswerAsync, SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages(context => Problems.OfStatus(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
        return app;
    }

    private static Task AnswerAsync(HttpContext http)
    {
        var exception = http.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (exception is BadHttpRequestException bad)
            return Problems.BadRequest(bad.StatusCode, bad.Message).ExecuteAsync(http);
        var logger = http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ErrorAnswers));
        LogFailure(logger, exception, http.TraceIdentifier);
        return Problems.Broken(http.TraceIdentifier).ExecuteAsync(http);
    }

    [LoggerMessage(LogLevel.Error, "A request failed, trace id {TraceId}")]
    private static partial void LogFailure(ILogger logger, Exception? exception, string traceId);
}
