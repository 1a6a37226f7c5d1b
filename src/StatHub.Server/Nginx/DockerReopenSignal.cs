using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using StatHub.Core.Nginx;

namespace StatHub.Server.Nginx;

/// <summary>Signals the nginx in a container through the Docker Engine API, or through the guard that stands before it.</summary>
public sealed class DockerReopenSignal : IReopenSignal, IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private readonly string _socketPath;
    private readonly string _container;
    private readonly TimeSpan _answerTimeout;
    private readonly HttpClient _http;

    public DockerReopenSignal(string socketPath, string container)
        : this(socketPath, container, AnswerTimeout)
    {
    }

    internal DockerReopenSignal(string socketPath, string container, TimeSpan answerTimeout)
    {
        _socketPath = socketPath;
        _container = container;
        _answerTimeout = answerTimeout;
        _http = new HttpClient(Handler()) { Timeout = answerTimeout, MaxResponseContentBufferSize = 64 * 1024 };
    }

    public async Task SendAsync(CancellationToken cancellationToken)
    {
        // Without signal= the engine would send SIGKILL. The guard compares this request to the letter.
        var address = new Uri($"http://docker/containers/{_container}/kill?signal=SIGUSR1");
        try
        {
            using var answer = await _http.PostAsync(address, content: null, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.NoContent)
                throw new ReopenException(await ExplainAsync(answer, cancellationToken));
        }
        catch (HttpRequestException e)
        {
            throw new ReopenException(Explain(e), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ReopenException($"The Docker Engine at {_socketPath} did not answer within {_answerTimeout.TotalSeconds:0.#} s.", e);
        }
    }

    public void Dispose() => _http.Dispose();

    private SocketsHttpHandler Handler() => new()
    {
        ConnectCallback = ConnectAsync,
        ConnectTimeout = ConnectTimeout,
        UseProxy = false,
        AllowAutoRedirect = false,
        // One call a minute: a kept connection would mostly be one that the other side has closed.
        PooledConnectionLifetime = TimeSpan.Zero,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private string Explain(HttpRequestException e) => (e.InnerException as SocketException)?.SocketErrorCode switch
    {
        // ENOENT of a unix socket's path.
        SocketError.AddressNotAvailable => $"There is no Docker socket {_socketPath}: is the guard (or Docker) running, and its socket mounted?",
        SocketError.AccessDenied => $"Permission denied on the Docker socket {_socketPath}.",
        SocketError.ConnectionRefused => $"Nobody listens on the Docker socket {_socketPath}: the guard (or Docker) is down.",
        _ => $"The Docker Engine at {_socketPath} could not be asked: {e.InnerException?.Message ?? e.Message}",
    };

    private async Task<string> ExplainAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var said = Message(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        return answer.StatusCode switch
        {
            HttpStatusCode.NotFound => $"Docker knows no container {_container}: {said}",
            HttpStatusCode.Conflict => $"The container {_container} is not running: {said}",
            HttpStatusCode.Forbidden =>
                $"The guard at {_socketPath} refused the signal: it is there for another container than {_container}.",
            HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout =>
                $"The guard at {_socketPath} runs but cannot reach Docker: is Docker's own socket mounted into it?",
            _ => $"Docker answered {(int)answer.StatusCode} to the signal for container {_container}: {said}",
        };
    }

    private static string Message(byte[] body)
    {
        try
        {
            var message = JsonSerializer.Deserialize(body, DockerJson.Default.DockerError)?.Message;
            if (!string.IsNullOrWhiteSpace(message))
                return string.Concat(message.Take(300).Select(c => char.IsControl(c) ? ' ' : c));
        }
        catch (JsonException)
        {
            // Not the engine's: a proxy's page, which explains nothing.
        }
        return "no message";
    }
}

/// <summary>The Docker Engine's error body.</summary>
internal sealed record DockerError(string? Message);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DockerError))]
internal sealed partial class DockerJson : JsonSerializerContext;
