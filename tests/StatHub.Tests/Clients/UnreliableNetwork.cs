using System.Net;

namespace StatHub.Tests.Clients;

/// <summary>What lies between a client and the service: it can be dead, slow, refusing, or lose answers.</summary>
internal sealed class UnreliableNetwork(HttpMessageHandler service) : DelegatingHandler(service)
{
    private int _requests;

    /// <summary>What happens to the next requests.</summary>
    public Func<NetworkState> State { get; set; } = () => NetworkState.Good;

    public HttpStatusCode Refusal { get; set; } = HttpStatusCode.ServiceUnavailable;

    public int Requests => _requests;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        switch (State())
        {
            case NetworkState.Dead:
                throw new HttpRequestException("Connection refused");
            case NetworkState.Slow:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                throw new InvalidOperationException("It never comes here.");
            case NetworkState.Refusing:
                return new HttpResponseMessage(Refusal) { Content = new StringContent("no") };
            case NetworkState.Broken:
                throw new InvalidOperationException("The circuit is open");
            case NetworkState.Nonsense:
                using (await base.SendAsync(request, cancellationToken))
                    return new HttpResponseMessage(HttpStatusCode.OK) { Content = Nonsense() };
            case NetworkState.LosingAnswers:
                using (await base.SendAsync(request, cancellationToken))
                    throw new HttpRequestException("The connection was closed");
            default:
                return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>What a portal or a broken proxy answers.</summary>
    private StringContent Nonsense()
    {
        var content = new StringContent((_requests % 3) switch { 0 => "{}", 1 => "null", _ => "<html>" });
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", _requests % 2 == 0 ? "text/html; charset=nonsense" : "application/json");
        return content;
    }
}

public enum NetworkState
{
    Good,
    Dead,
    Slow,
    Refusing,
    Broken,
    Nonsense,
    LosingAnswers,
}
