using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Tokens;
using StatHub.Storage;

namespace StatHub.Tests.Server;

/// <summary>The whole service in this process, with the real store, journal and clock.</summary>
public sealed class WholeApi : WebApplicationFactory<Program>
{
    /// <summary>The data folder.</summary>
    public string Folder { get; init; } = Directory.CreateTempSubdirectory("stathub-").FullName;

    /// <summary>Whether the folder stays when the service ends.</summary>
    public bool KeepsFolder { get; init; }

    /// <summary>Settings besides the data folder, until the start.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    public Store Store => Services.GetRequiredService<Store>();

    public void Register(string tenant) => Store.Tenants.TryCreate(new Tenant(TenantId.Parse(tenant), tenant, null, DateTimeOffset.UnixEpoch.AddYears(50)));

    /// <summary>Makes a token and gives its secret.</summary>
    public string Token(TokenScopes scopes, string? tenant = null)
    {
        var secret = TokenSecret.Create();
        Store.Tokens.Create("test", tenant is null ? null : TenantId.Parse(tenant), scopes, TokenSecret.Hash(secret));
        return secret;
    }

    /// <summary>A client with a token that may do everything, or the given one.</summary>
    public HttpClient Client(string? token = null, string scheme = "Bearer")
    {
        var client = CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(scheme, token ?? Token(TokenScopes.Admin));
        return client;
    }

    public HttpClient Anonymous() => CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("StatHub:DataPath", Folder);
        builder.UseSetting("StatHub:Nginx:PidFile", Path.Combine(Folder, "nginx.pid"));
        builder.UseSetting("StatHub:Journal:CutInterval", "00:00:00");
        builder.UseSetting("StatHub:Journal:CommitInterval", "00:00:00.050");
        foreach (var (name, value) in Settings)
            builder.UseSetting(name, value);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && !KeepsFolder && Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
