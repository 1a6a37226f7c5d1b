using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using StatHub.Core.Tokens;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

/// <summary>The API behind a real Kestrel, for commands that ask it.</summary>
public sealed class ServedApi : IDisposable
{
    public ServedApi()
    {
        Api.UseKestrel(0);
        Api.StartServer();
        var address = Api.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Url = $"http://127.0.0.1:{new Uri(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal)).Port}";
    }

    public StatHubApi Api { get; } = new();

    public string Url { get; }

    public void Dispose() => Api.Dispose();

    /// <summary>A command line that knows the API and a token that may do everything.</summary>
    internal CommandLine CommandLine()
    {
        Api.Reset();
        return new CommandLine
        {
            Time = Api.Time,
            Environment = { ["STATHUB_URL"] = Url, ["STATHUB_TOKEN"] = Api.Token(TokenScopes.Admin) },
        };
    }

    /// <summary>What the API itself answers.</summary>
    public async Task<string> GetAsync(string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Url) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Api.Token(TokenScopes.Admin));
        return await client.GetStringAsync(path);
    }
}
