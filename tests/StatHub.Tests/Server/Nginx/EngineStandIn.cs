using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StatHub.Tests.Server.Nginx;

/// <summary>A web server on a unix socket that answers as the Docker Engine, or the guard, was told to.</summary>
internal sealed class EngineStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EngineStandIn(WebApplication app) => _app = app;

    /// <summary>What came in: method, target, Content-Length, Transfer-Encoding.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<EngineStandIn> StartAsync(string socketPath, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socketPath));
        var app = builder.Build();
        var engine = new EngineStandIn(app);
        app.Run(async context =>
        {
            var request = context.Request;
            engine.Requests.Enqueue(
                $"{request.Method} {request.Path}{request.QueryString} {request.Headers.ContentLength}{request.Headers.TransferEncoding}");
            await answer(context);
        });
        await app.StartAsync();
        return engine;
    }

    public static RequestDelegate Answer(int status, string body = "", string type = "application/json") => async context =>
    {
        context.Response.StatusCode = status;
        if (body.Length == 0)
            return;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(body);
    };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
