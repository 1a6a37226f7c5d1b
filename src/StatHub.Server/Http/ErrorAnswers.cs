namespace StatHub.Server.Http;

/// <summary>Problem bodies for what no route answers itself: unknown addresses, wrong methods, unreadable requests, failures.</summary>
internal static partial class ErrorAnswers
{
    private const int ClientClosedRequest = 499;

    public static IApplicationBuilder UseErrorAnswers(this IApplicationBuilder app)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ErrorAnswers));
        app.Use(next => async http =>
        {
            try
            {
                await next(http);
            }
            catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
            {
                // Nobody waits for the answer any more.
                if (!http.Response.HasStarted)
                    http.Response.StatusCode = ClientClosedRequest;
            }
            catch (Exception exception) when (!http.Response.HasStarted)
            {
                await AnswerAsync(http, exception, logger);
            }
            catch (Exception exception)
            {
                // The answer has begun: only breaking the connection tells the client that it is not whole.
                LogFailure(logger, exception, http.TraceIdentifier);
                http.Abort();
            }
        });
        app.UseStatusCodePages(context => Problems.OfStatus(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
        return app;
    }

    private static Task AnswerAsync(HttpContext http, Exception exception, ILogger logger)
    {
        http.Response.Clear();
        if (exception is BadHttpRequestException bad)
            return Problems.BadRequest(bad.StatusCode, bad.Message).ExecuteAsync(http);
        LogFailure(logger, exception, http.TraceIdentifier);
        return Problems.Broken(http.TraceIdentifier).ExecuteAsync(http);
    }

    [LoggerMessage(LogLevel.Error, "A request failed, trace id {TraceId}")]
    private static partial void LogFailure(ILogger logger, Exception exception, string traceId);
}
