using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StatHub.Tests.Alerts;

/// <summary>Somebody who is told, over real HTTP on this machine.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>();
    private readonly CancellationTokenSource _end = new();

    /// <summary>A request that came.</summary>
    public sealed record Request(string Path, byte[] Body, string? Signature, string? ContentType)
    {
        public JsonElement Json => JsonDocument.Parse(Body).RootElement;
    }

    private Receiver(WebApplication app) => _app = app;

    /// <summary>How it answers, after it has noted the request; with 200 unless a test says otherwise.</summary>
    public Func<HttpContext, CancellationToken, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public string Url => _app.Urls.First();

    public static async Task<Receiver> BeginAsync(Func<HttpContext, CancellationToken, Task>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new Receiver(builder.Build());
        if (answer is not null)
            receiver.Answer = answer;
        receiver._app.Run(receiver.NoteAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>The next request that comes.</summary>
    public async Task<Request> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _requests.Reader.ReadAsync(patience.Token);
    }

    /// <summary>What came and nobody has taken.</summary>
    public IReadOnlyList<Request> Rest()
    {
        var rest = new List<Request>();
        while (_requests.Reader.TryRead(out var request))
            rest.Add(request);
        return rest;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _app.DisposeAsync();
        _end.Dispose();
    }

    private async Task NoteAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        await _requests.Writer.WriteAsync(new Request(http.Request.Path + http.Request.QueryString, body.ToArray(), http.Request.Headers["X-StatHub-Signature"], http.Request.ContentType));
        try
        {
            await Answer(http, _end.Token);
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
