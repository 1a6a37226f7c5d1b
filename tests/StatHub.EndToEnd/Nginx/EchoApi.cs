using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StatHub.EndToEnd.Nginx;

/// <summary>A Kestrel behind nginx that says what it was asked.</summary>
public sealed class EchoApi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private EchoApi(WebApplication app) => _app = app;

    /// <summary>What to do instead of echoing.</summary>
    public RequestDelegate? Handler { get; set; }

    /// <summary>How many requests came through.</summary>
    public int Requests => _requests;

    /// <summary>The value of STATHUB_API.</summary>
    public string Address { get; private set; } = "";

    public static Task<EchoApi> StartAsync(int port = 0) =>
        StartAsync(kestrel => kestrel.Listen(IPAddress.Loopback, port));

    public static async Task<EchoApi> StartOnSocketAsync(string path)
    {
        var api = await StartAsync(kestrel => kestrel.ListenUnixSocket(path));
        api.Address = "unix:" + path;
        return api;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async Task<EchoApi> StartAsync(Action<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions> listen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            listen(kestrel);
        });
        var app = builder.Build();
        var api = new EchoApi(app);
        app.Run(api.AnswerAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        api.Address = address.Replace("http://", "", StringComparison.Ordinal);
        return api;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (Handler is not null)
        {
            await Handler(context);
            return;
        }
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(JsonSerializer.Serialize(new Echo(context.Request.Method, target, headers, body.Length)));
    }
}

/// <summary>A request as the API saw it.</summary>
public sealed record Echo(string Method, string Target, Dictionary<string, string> Headers, long BodyBytes);
