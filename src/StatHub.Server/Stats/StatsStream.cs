using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using StatHub.Contracts.Json;
using StatHub.Contracts.Stats;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Stats;

/// <summary>One stat of a dim, told again and again as server-sent events.</summary>
internal static class StatsStream
{
    private const string All = "*";

    // Clients connect again by themselves.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public static void MapStream(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/stream/{dim}/{value}/{kind}/{stat}", StreamAsync).Demands(StatsTenant.Demand(TokenScopes.Read))
            .WithSummary("Stream a stat of a dim")
            .WithDescription("Server-sent events: one at once, then one every 30 seconds (`StatHub:Stats:StreamInterval`), for an hour. `value` is a value of the dim or `*` for all; `kind` is `counter` or `gauge`; `total` is over all values.")
            .Takes(StatsTenant.Argument)
            .AnswersText(200, "Messages.", "text/event-stream", "data: {\"asOfSeconds\":1788004800,\"values\":{\"es\":50,\"total\":110}}\n\n")
            .AnswersFailures();

    private static async Task<Results<EmptyHttpResult, StatsFailure>> StreamAsync(
        HttpContext http, StatsTenant tenants, ITokenStore tokens, OpenStreams streams, IStatsStore stats, IOptions<StatsOptions> options, TimeProvider time,
        IHostApplicationLifetime life)
    {
        if (!tenants.TryFind(http, out var tenant, out var failure))
            return failure;
        if (RawPath.Part(http, "kind", 2) is var kind && kind is not ("counter" or "gauge"))
            return StatsFailure.Bad("The kind is counter or gauge.");
        if (!streams.TryOpen(tenant))
            return StatsFailure.TooManyStreams;
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        // For an nginx that is not ours.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        var question = new Question(
            StatUpdateBuilder.Lower(RawPath.Part(http, "dim", 4)), StatUpdateBuilder.Lower(RawPath.Part(http, "value", 3)), kind == "counter", RawPath.Part(http, "stat"));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
        ending.CancelAfter(Longest);
        try
        {
            while (!ending.IsCancellationRequested && MayRead(http, tokens, time))
            {
                await WriteAsync(http.Response, question.Ask(stats, tenant, time.GetUtcNow()), ending.Token);
                await Task.Delay(options.Value.StreamInterval, time, ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client left, the hour is over, or the service stops.
        }
        finally
        {
            streams.Close(tenant);
        }
        return TypedResults.Empty;
    }

    /// <summary>Whether the token is valid still; without one the tenant of such requests is asked.</summary>
    private static bool MayRead(HttpContext http, ITokenStore tokens, TimeProvider time) =>
        http.Features.Get<Token>() is not { } token
        || tokens.List(token.Tenant).Any(known => known.Id == token.Id && !known.IsExpired(time.GetUtcNow()));

    private static async Task WriteAsync(HttpResponse response, StreamedStats message, CancellationToken cancellationToken)
    {
        byte[] text = [.. "data: "u8, .. JsonSerializer.SerializeToUtf8Bytes(message, StatHubJson.Default.StreamedStats), .. "\n\n"u8];
        await response.Body.WriteAsync(text, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>What a stream tells.</summary>
    private sealed record Question(string Dim, string Value, bool IsCounter, string Stat)
    {
        public StreamedStats Ask(IStatsStore stats, TenantId tenant, DateTimeOffset now)
        {
            var numbers = new SortedDictionary<string, Int128>(StringComparer.Ordinal) { [StatUpdateBuilder.Total] = 0 };
            foreach (var (value, reported) in stats.Read(tenant, Dim).Dims[Dim])
            {
                var isMeant = Value == All || value == Value || value == StatUpdateBuilder.Total;
                if (isMeant && (IsCounter ? reported.Counters : reported.Gauges).TryGetValue(Stat, out var number))
                    numbers[value] = number;
            }
            return new StreamedStats(now.ToUnixTimeSeconds(), numbers);
        }
    }
}
