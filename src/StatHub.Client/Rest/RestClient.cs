using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using StatHub.Contracts;
using StatHub.Contracts.Json;

namespace StatHub.Client.Rest;

/// <summary>Asks the API. Whatever is not an answer of success is a <see cref="StatHubException"/>.</summary>
internal sealed class RestClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _asking = new(1);
    private string? _tenant;

    public RestClient(StatHubClientOptions options, HttpMessageHandler? handler)
    {
        _tenant = options.Tenant;
        // A redirect would carry the token elsewhere.
        handler ??= new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = DecompressionMethods.GZip,
        };
        var address = options.Url!.AbsoluteUri;
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri(address.EndsWith('/') ? address : address + "/"),
            Timeout = options.Timeout,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
    }

    /// <summary>The records' JSON; members of a later version of the service are passed over.</summary>
    public static StatHubJson Json { get; } = new(new JsonSerializerOptions(StatHubJson.Default.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    });

    public void Dispose()
    {
        _http.Dispose();
        _asking.Dispose();
    }

    /// <summary>The tenant that is named, or the one that the token is of.</summary>
    public async Task<string> TenantAsync(CancellationToken cancellationToken)
    {
        if (_tenant is { } known)
            return known;
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_tenant is null)
            {
                var seen = await GetAsync("api/v1/tenants", Json.IReadOnlyListTenantInfo, cancellationToken).ConfigureAwait(false);
                _tenant = seen.Count == 1 ? seen[0].Id : throw new StatHubException(
                    $"The token sees {seen.Count.ToString(CultureInfo.InvariantCulture)} tenants: name one of them in {nameof(StatHubClientOptions.Tenant)}.");
            }
            return _tenant;
        }
        finally
        {
            _asking.Release();
        }
    }

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> json, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var answer = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken).ConfigureAwait(false);
        try
        {
            var stream = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(stream, json, cancellationToken).ConfigureAwait(false)
                ?? throw new StatHubException("The answer is empty.");
        }
        catch (JsonException exception)
        {
            throw new StatHubException("The answer is not what StatHub answers. Is the address right?", exception) { Status = (int)answer.StatusCode };
        }
    }

    /// <summary>An answer of success; the caller disposes it.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        var answer = await ExchangeAsync(request, completion, cancellationToken).ConfigureAwait(false);
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
            throw await RefusalAsync(answer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Any answer; the caller disposes it.</summary>
    public async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, completion, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw new StatHubException($"StatHub at {_http.BaseAddress} cannot be reached: {exception.Message}", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StatHubException($"StatHub at {_http.BaseAddress} did not answer within {_http.Timeout}.", exception);
        }
    }

    private static async Task<StatHubException> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var problem = await ReadProblemAsync(answer, cancellationToken).ConfigureAwait(false);
        var errors = problem?.Errors is { } named ? " " + string.Join(" ", named.Select(error => $"{error.Key}: {string.Join(" ", error.Value)}")) : "";
        return new StatHubException(problem is null ? $"StatHub answered {(int)answer.StatusCode}." : $"{problem.Title} {problem.Detail}{errors}")
        {
            Status = (int)answer.StatusCode,
            Problem = problem,
        };
    }

    private static async Task<Problem?> ReadProblemAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            var text = await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize(text, Json.Problem);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException)
        {
            return null;
        }
    }
}
