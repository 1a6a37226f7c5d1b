using StatHub.Core.Journal;
using StatHub.Core.Ledger;
using StatHub.Core.Time;
using StatHub.Server.Http;

namespace StatHub.Server.Metrics;

/// <summary>What Prometheus scrapes. nginx does not pass it on.</summary>
internal static class MetricsEndpoints
{
    public static IServiceCollection AddRequestMeters(this IServiceCollection services) => services.AddSingleton<RouteMeters>();

    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapRead("/metrics", Scrape).Demands(Access.Everybody).DisableRateLimiting().WithTags("Health")
            .WithSummary("Answer what Prometheus scrapes")
            .WithDescription("Only on the API's own address: nginx does not pass it on.")
            .AnswersText(200, "The text format of Prometheus.", "text/plain", "stathub_lines_total{outcome=\"counted\"} 1234\n");

    /// <summary>Meters every request by the template of its route.</summary>
    public static IApplicationBuilder UseRequestMeters(this IApplicationBuilder app)
    {
        var meters = app.ApplicationServices.GetRequiredService<RouteMeters>();
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
                meters.Add(Method(http), http.RouteTemplate(), http.Response.StatusCode, time.GetElapsedTime(start));
            }
        });
    }

    // A client can invent methods; the others share one name.
    private static string Method(HttpContext http) => http.Request.Method switch
    {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "other",
    };

    private static IResult Scrape(ILedger ledger, IJournal journal, RouteMeters meters, IEnumerable<IMetricSource> sources, TimeProvider time)
    {
        var text = new PrometheusText();
        WriteJournal(text, ledger, journal, time);
        foreach (var source in sources)
            source.WriteTo(text);
        WriteRequests(text, meters);
        WriteProcess(text);
        return Results.Text(text.ToString(), PrometheusText.ContentType);
    }

    private static void WriteJournal(PrometheusText text, ILedger ledger, IJournal journal, TimeProvider time)
    {
        var totals = ledger.Totals(MinuteRange.All, tenant: null);
        text.Metric("stathub_lines_total", "counter", "Lines of the journal by what became of them.")
            .Sample("stathub_lines_total", totals.Counted, ("outcome", "counted"));
        foreach (var reason in RejectReasons.All)
            text.Sample("stathub_lines_total", totals.Rejected.GetValueOrDefault(reason), ("outcome", reason.Name()));
        text.Metric("stathub_journal_pending_bytes", "gauge", "Bytes that are written and not committed.")
            .Sample("stathub_journal_pending_bytes", journal.PendingBytes)
            .Metric("stathub_journal_lag_seconds", "gauge", "How far answers are behind what was written.")
            .Sample("stathub_journal_lag_seconds", Math.Max(0, (time.GetUtcNow() - journal.AsOf).TotalSeconds))
            .Metric("stathub_journal_problems", "gauge", "How many things are wrong with the journal; /readyz names them.")
            .Sample("stathub_journal_problems", journal.Problems.Count);
    }

    private static void WriteRequests(PrometheusText text, RouteMeters meters)
    {
        const string name = "stathub_http_request_duration_seconds";
        text.Metric(name, "histogram", "Requests by method, route and status.");
        foreach (var ((method, route, status), meter) in meters.All)
        {
            var code = status.ToString(null, null);
            var counts = meter.Cumulated();
            for (var i = 0; i < counts.Length; i++)
            {
                var bound = i < RouteMeter.Bounds.Length ? PrometheusText.Number(RouteMeter.Bounds[i]) : "+Inf";
                text.Sample(name + "_bucket", counts[i], ("method", method), ("route", route), ("status", code), ("le", bound));
            }
            text.Sample(name + "_sum", meter.Seconds, ("method", method), ("route", route), ("status", code));
            text.Sample(name + "_count", counts[^1], ("method", method), ("route", route), ("status", code));
        }
    }

    private static void WriteProcess(PrometheusText text) => text
        .Metric("process_cpu_seconds_total", "counter", "User and system time of the process.")
        .Sample("process_cpu_seconds_total", Environment.CpuUsage.TotalTime.TotalSeconds)
        .Metric("process_resident_memory_bytes", "gauge", "Memory of the process.")
        .Sample("process_resident_memory_bytes", Environment.WorkingSet)
        .Metric("dotnet_gc_heap_bytes", "gauge", "Memory that the garbage collector manages.")
        .Sample("dotnet_gc_heap_bytes", GC.GetTotalMemory(forceFullCollection: false));
}
