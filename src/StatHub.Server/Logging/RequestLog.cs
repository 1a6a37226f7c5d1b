using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;
using StatHub.Server.Http;

namespace StatHub.Server.Logging;

/// <summary>
/// One line for each request. It has the route's template instead of the address, so no key, no argument and no token
/// gets into it, and the client's network instead of the client. It goes to Serilog directly: a
/// count is answered so quickly that the layers above would show.
/// </summary>
internal static class RequestLog
{
    /// <summary>The source of its lines.</summary>
    public const string Category = "StatHub.Requests";

    private static readonly MessageTemplate Answered = Template("{Method:l} {Route:l} {Status} in {Milliseconds} ms from {Network:l}");
    private static readonly MessageTemplate Left = Template("{Method:l} {Route:l} left by the client after {Milliseconds} ms, from {Network:l}");

    public static IApplicationBuilder UseRequestLog(this IApplicationBuilder app)
    {
        var logger = app.ApplicationServices.GetRequiredService<Serilog.ILogger>().ForContext(Constants.SourceContextPropertyName, Category);
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();
        return app.Use(next => async http =>
        {
            var start = time.GetTimestamp();
            try
            {
                await next(http);
            }
            finally
            {
                var level = FrequentRoute.Served(http) ? LogEventLevel.Debug : LogEventLevel.Information;
                if (logger.IsEnabled(level))
                    logger.Write(Line(http, level, time.GetElapsedTime(start), time.GetLocalNow()));
            }
        });
    }

    private static MessageTemplate Template(string text) => new MessageTemplateParser().Parse(text);

    private static LogEvent Line(HttpContext http, LogEventLevel level, TimeSpan duration, DateTimeOffset now)
    {
        var method = http.Request.Method is { Length: <= 10 } name && name.All(char.IsAsciiLetterUpper) ? name : "other";
        var isLeft = http.RequestAborted.IsCancellationRequested;
        return new LogEvent(now, level, exception: null, isLeft ? Left : Answered,
        [
            Property("Method", method),
            Property("Route", http.RouteTemplate()),
            Property("Status", http.Response.StatusCode),
            Property("Milliseconds", Math.Round(duration.TotalMilliseconds, 1)),
            Property("Network", ClientAddress.Network(http.Connection.RemoteIpAddress)),
        ]);
    }

    private static LogEventProperty Property(string name, object value) => new(name, new ScalarValue(value));
}
