using System.Runtime.CompilerServices;
using System.Text.Json;
using StatHub.Client.Hits;
using StatHub.Client.Rest;
using StatHub.Contracts.Hits;
using StatHub.Contracts.Json;

namespace StatHub.Client;

public sealed partial class StatHubClient
{
    /// <summary>Counts hits.</summary>
    /// <param name="query">Which hits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StatHubException">There is no answer.</exception>
    public Task<HitCount> CountAsync(HitQuery query, CancellationToken cancellationToken = default) => AskAsync(
        query, "count", RestClient.Json.HitCount, () => new HitCount("", query.Key, query.From ?? _time.GetUtcNow(), query.To, 0, 0, ExactNumber.Zero, 0, _time.GetUtcNow()), cancellationToken);

    /// <summary>Counts hits bucket by bucket.</summary>
    /// <param name="query">Which hits.</param>
    /// <param name="step"><c>minute</c>, <c>hour</c>, <c>day</c>, <c>week</c> or <c>month</c>; at most 20,000 buckets.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StatHubException">There is no answer.</exception>
    public Task<HitSeries> SeriesAsync(HitQuery query, string step, CancellationToken cancellationToken = default) => AskAsync(
        query, "series", RestClient.Json.HitSeries,
        () => new HitSeries(query.From ?? _time.GetUtcNow(), query.To ?? _time.GetUtcNow(), step, query.TimeZone ?? "UTC", _time.GetUtcNow(), []), cancellationToken, ("step", step));

    /// <summary>The most frequent values of a dimension, over whole UTC days.</summary>
    /// <param name="query">Which hits.</param>
    /// <param name="dimension">Such as <c>referrer</c>, <c>browser</c>, <c>key</c> or <c>d.plan</c>.</param>
    /// <param name="limit">How many at most, 1 or more; null for as many as the service usually tells.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StatHubException">There is no answer.</exception>
    public Task<TopValues> TopAsync(HitQuery query, string dimension, int? limit = null, CancellationToken cancellationToken = default) => AskAsync(
        query, $"top/{Uri.EscapeDataString(dimension)}", RestClient.Json.TopValues,
        () => new TopValues(dimension, query.From ?? _time.GetUtcNow(), query.To, _time.GetUtcNow(), [], new ValueSums(0, 0, ExactNumber.Zero), 0),
        cancellationToken, ("limit", limit?.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Reads the raw hits in the order of time, as they come: memory does not grow with their number.</summary>
    /// <param name="query">Which hits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Each hit as the JSON object that it is stored as.</returns>
    /// <exception cref="StatHubException">There is no answer, or it breaks off.</exception>
    public async IAsyncEnumerable<JsonElement> HitsAsync(HitQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (_rest is null)
            yield break;
        var tenant = await _rest.TenantAsync(cancellationToken).ConfigureAwait(false);
        using var request = new HttpRequestMessage(HttpMethod.Get, QueryPath.Of(tenant, query, "hits").With("format", "ndjson").ToString());
        using var answer = await _rest.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        while (await ReadLineAsync(lines, cancellationToken).ConfigureAwait(false) is { } line)
            yield return line;
    }

    private static async Task<JsonElement?> ReadLineAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        try
        {
            var line = await lines.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            return line is null ? null : JsonDocument.Parse(line).RootElement;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or JsonException or InvalidDataException)
        {
            throw new StatHubException("The answer broke off.", exception);
        }
    }

    private async Task<T> AskAsync<T>(
        HitQuery query, string question, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> json, Func<T> nothing, CancellationToken cancellationToken,
        params (string Name, string? Value)[] arguments)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (_rest is null)
            return nothing();
        var tenant = await _rest.TenantAsync(cancellationToken).ConfigureAwait(false);
        var path = arguments.Aggregate(QueryPath.Of(tenant, query, question), (path, argument) => path.With(argument.Name, argument.Value));
        return await _rest.GetAsync(path.ToString(), json, cancellationToken).ConfigureAwait(false);
    }
}
