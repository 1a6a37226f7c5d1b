using StatHub.Client;
using StatHub.Core.Tokens;
using StatHub.Tests.Server;

namespace StatHub.Tests.Clients;

/// <summary>Tests of the client, against a tenant of its own over a network that can fail.</summary>
public abstract class ClientTenant : OwnTenant, IDisposable
{
    protected ClientTenant(WholeApi api)
        : base(api) => Network = new UnreliableNetwork(api.Server.CreateHandler());

    private protected UnreliableNetwork Network { get; }

    public void Dispose()
    {
        Network.Dispose();
        GC.SuppressFinalize(this);
    }

    protected StatHubClient Client(StatHubClientOptions options, Action<StatHubClientOptions>? change)
    {
        (options.Url, options.Token) = (new Uri("http://localhost"), Api.Token(TokenScopes.Read | TokenScopes.Write, Tenant));
        change?.Invoke(options);
        return new StatHubClient(options, handler: Network);
    }
}
