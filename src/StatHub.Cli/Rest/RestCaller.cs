using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Mime;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using StatHub.Contracts.Json;

namespace StatHub.Cli.Rest;

/// <summary>Calls the API. Whatever is not an answer of success ends the command by a <see cref="CommandFailure"/>.</summary>
internal sealed class RestCaller : IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);
    private const int UploadBytes = 256 * 1024;

    private readonly HttpClient _client;
    private readonly string? _hint;

    /// <param name="server">Where the API is, with a final slash.</param>
    /// <param name="token">The bearer token; null for none.</param>
    /// <param name="hint">What to say when the service wants a token.</param>
    public RestCaller(Uri server, string? token, string? hint)
    {
        Server = server;
        _hint = hint;
        var handler = new SocketsHttpHandler
        {
            // A redirect would carry the question, and to itself the token, elsewhere.
            AllowAutoRedirect = false,
            UseProxy = !server.IsLoopback,
            UseCookies = false,
            ConnectTimeout = ConnectPatience,
            AutomaticDecompression = server.IsLoopback ? DecompressionMethods.None : DecompressionMethods.GZip,
        };
        _client = new HttpClient(handler) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null)
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Uri Server { get; }

    /// <summary>The records' JSON; members of a later version of the service are passed over.</summary>
    public static StatHubJson Json { get; } = new(new JsonSerializerOptions(StatHubJson.Default.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    });

    public void Dispose() => _client.Dispose();

    public Task<RestAnswer<T>> GetAsync<T>(RestPath path, JsonTypeInfo<T> json, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Get, path, null, json, cancellationToken);

    public Task<RestAnswer<T>> PostAsync<T>(RestPath path, JsonTypeInfo<T> json, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, path, null, json, cancellationToken);

    public Task<RestAnswer<T>> PostAsync<TBody, T>(
        RestPath path, TBody body, JsonTypeInfo<TBody> bodyJson, JsonTypeInfo<T> json, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, path, JsonContent.Create(body, bodyJson), json, cancellationToken);

    /// <summary>Posts a text.</summary>
    public Task<RestAnswer<T>> PostTextAsync<T>(RestPath path, string text, JsonTypeInfo<T> json, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, path, new StringContent(text), json, cancellationToken);

    /// <summary>Posts bytes of any length, for as long as it takes.</summary>
    public Task<RestAnswer<T>> UploadAsync<T>(RestPath path, Stream bytes, JsonTypeInfo<T> json, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, path, new StreamContent(bytes, UploadBytes), json, cancellationToken);

    /// <summary>Posts JSON that somebody else wrote.</summary>
    public Task<RestAnswer<T>> PostJsonAsync<T>(RestPath path, string text, JsonTypeInfo<T> json, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, path, new StringContent(text, Encoding.UTF8, MediaTypeNames.Application.Json), json, cancellationToken);

    public Task<RestAnswer<T>> PatchAsync<TBody, T>(
        RestPath path, TBody body, JsonTypeInfo<TBody> bodyJson, JsonTypeInfo<T> json, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Patch, path, JsonContent.Create(body, bodyJson), json, cancellationToken);

    public async Task DeleteAsync(RestPath path, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Delete, path, null, cancellationToken);
    }

    /// <summary>Asks for something whose body is read as it comes; the caller disposes the answer.</summary>
    public Task<HttpResponseMessage> OpenAsync(HttpMethod method, RestPath path, CancellationToken cancellationToken) =>
        SendAsync(method, path, null, cancellationToken);

    private async Task<RestAnswer<T>> AskAsync<T>(
        HttpMethod method, RestPath path, HttpContent? body, JsonTypeInfo<T> json, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(method, path, body, cancellationToken);
        try
        {
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            return new RestAnswer<T>(JsonSerializer.Deserialize(text, json)!, text);
        }
        catch (HttpRequestException)
        {
            throw CommandFailure.BrokenOff(Server);
        }
        catch (JsonException)
        {
            throw Strange(answer);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, RestPath path, HttpContent? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path.ToString()) { Content = body };
        // Much is not sent to who does not want it.
        request.Headers.ExpectContinue = body is StreamContent;
        var answer = await ExchangeAsync(request, cancellationToken);
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
            throw await RefusalAsync(answer, cancellationToken);
    }

    private async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (request.Content is not StreamContent)
            patience.CancelAfter(Patience);
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        }
        catch (HttpRequestException e)
        {
            throw CommandFailure.Unreachable(Server, e.InnerException is SocketException socket ? socket.Message : e.InnerException?.Message ?? e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw CommandFailure.Unreachable(Server, "it did not answer in time");
        }
    }

    private async Task<CommandFailure> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType is not MediaTypeNames.Application.ProblemJson)
            return Strange(answer);
        try
        {
            var problem = await answer.Content.ReadFromJsonAsync(Json.Problem, cancellationToken);
            return CommandFailure.Refused(problem!, answer.StatusCode == HttpStatusCode.Unauthorized ? _hint : null);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            return Strange(answer);
        }
    }

    private CommandFailure Strange(HttpResponseMessage answer) => CommandFailure.Strange(
        Server, (int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType ?? "without a type");
}
