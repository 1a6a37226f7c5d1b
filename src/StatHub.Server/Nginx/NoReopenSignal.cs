using StatHub.Core.Nginx;

namespace StatHub.Server.Nginx;

/// <summary>For time-named journal files, which nginx opens anew by itself.</summary>
public sealed class NoReopenSignal : IReopenSignal
{
    public Task SendAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
