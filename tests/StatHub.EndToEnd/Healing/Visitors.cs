using System.Net;
using StatHub.EndToEnd.Nginx;
using StatHub.Load;

namespace StatHub.EndToEnd.Healing;

/// <summary>Hits that go on until somebody stops them, in rounds of which every answer is read.</summary>
public sealed class Visitors(NginxServer nginx) : IAsyncDisposable
{
    private const int Round = 300;

    private CancellationTokenSource? _enough;
    private Task _visits = Task.CompletedTask;

    /// <summary>Answers that stand for a hit; read it while nobody visits.</summary>
    public long Accepted { get; private set; }

    /// <summary>Requests without an answer, of which nginx may have written a line all the same.</summary>
    public long Unanswered { get; private set; }

    public void Start()
    {
        _enough = new CancellationTokenSource();
        _visits = VisitAsync(_enough.Token);
    }

    /// <summary>Lets the round that is under way end.</summary>
    public async Task StopAsync()
    {
        if (_enough is null)
            return;
        await _enough.CancelAsync();
        await _visits;
        _enough.Dispose();
        _enough = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task VisitAsync(CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            using var load = new LoadRun(new LoadPlan
            {
                Server = new IPEndPoint(IPAddress.Loopback, nginx.Port),
                Requests = Round,
                Rate = 1000,
                Tenants = ["demo", "other"],
                Keys = LoadPlan.Names("key", 20),
                Connections = 4,
                PostPercent = 10,
            });
            var report = await load.RunAsync(CancellationToken.None);
            Accepted += report.Accepted;
            Unanswered += report.Unanswered;
        }
    }
}
