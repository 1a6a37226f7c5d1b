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
            case NetworkState.LosingAnswers:
                using (await base.SendAsync(request, cancellationToken))
                    throw new HttpRequestException("The connection was closed");
            default:
                return await base.SendAsync(request, cancellationToken);
        }
    }
}

public enum NetworkState
{
    Good,
    Dead,
    Slow,
    Refusing,
    LosingAnswers,
}
