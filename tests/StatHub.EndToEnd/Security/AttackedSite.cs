using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using StatHub.EndToEnd.Nginx;
using StatHub.EndToEnd.Service;

namespace StatHub.EndToEnd.Security;

/// <summary>The real nginx before the real service, with three hits of one tenant, and somebody outside who has a token of another one.</summary>
public sealed class AttackedSite : IAsyncLifetime
{
    private NginxServer _nginx = null!;

    /// <summary>Where its data and all logs are.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("stathub security ").FullName;

    public ApiServer Api { get; private set; } = null!;

    /// <summary>A token of the tenant <c>other</c>, with every scope.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Asks nginx, with the token.</summary>
    public HttpClient Outside => _nginx.Client;

    /// <summary>The port of nginx.</summary>
    public int Port => _nginx.Port;

    public async Task InitializeAsync()
    {
        Api = await ApiServer.StartAsync(Folder, ("StatHub__Nginx__PidFile", Path.Combine(Folder, "nginx.pid")));
        _nginx = await NginxServer.StartInAsync(Folder, ("STATHUB_API", $"127.0.0.1:{Api.Port}"));
        using var made = await Api.Client.PostAsJsonAsync("/api/v1/tenants/other/tokens", new { name = "theirs", scopes = (string[])["read", "write", "admin"] });
        Token = JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("token").GetString()!;
        Outside.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        for (var i = 0; i < 3; i++)
            (await Outside.GetAsync("/p/demo/secret")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await Api.HitsAsync("demo")).Should().Be(3);
    }

    public async Task DisposeAsync()
    {
        await _nginx.DisposeAsync();
        await Api.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
