using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StatHub.Client.Events;
using StatHub.Client.Rest;
using StatHub.Contracts.Events;

namespace StatHub.Client;

/// <summary>
/// Sends events to StatHub and asks it questions. Sending never throws, and with <see cref="StatHubClientOptions.Defer"/> it never waits; questions throw
/// <see cref="StatHubException"/>. Safe to use from several threads; one instance serves a whole program.
/// </summary>
public sealed partial class StatHubClient : IAsyncDisposable
{
    private static readonly Pong Off = new("disabled", "", "stathub");

    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly EventCounter _counter;
    private readonly RestClient? _rest;
    private readonly EventSender? _sender;
    private readonly EventQueue? _queue;

    /// <summary>Makes a client.</summary>
    /// <param name="options">Where StatHub is, and the token.</param>
    /// <param name="logger">Where failures are told; once for many of the same.</param>
    /// <param name="time">The clock.</param>
    /// <param name="handler">What carries the requests; null for the usual.</param>
    /// <exception cref="ArgumentException">Something in the options is missing or wrong; the message names all of it.</exception>
    public StatHubClient(StatHubClientOptions options, ILogger<StatHubClient>? logger = null, TimeProvider? time = null, HttpMessageHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Mistakes() is { Count: > 0 } mistakes)
            throw new ArgumentException("StatHub: " + string.Join(" ", mistakes), nameof(options));
        (_logger, _time) = (logger ?? NullLogger<StatHubClient>.Instance, time ?? TimeProvider.System);
        _counter = new EventCounter(Tell);
        if (options.Disabled)
            return;
        _rest = new RestClient(options, handler);
        _sender = new EventSender(_rest);
        _queue = options.Defer ? new EventQueue(options, _sender, _counter, _time) : null;
    }

    /// <summary>What became of all events so far.</summary>
    public EventStatistics Statistics => _counter.Now;

    /// <summary>Sends an event. Never throws; with <see cref="StatHubClientOptions.Defer"/> it is done at once.</summary>
    /// <param name="name">The event's name: the key that is counted.</param>
    /// <param name="uid">Who did it; empty for nobody.</param>
    /// <param name="fields">
    /// More of it: an object with properties or a dictionary. A number in <c>value</c> is summed, texts become dimensions <c>d.&lt;name&gt;</c>, <c>event_id</c> is a name of
    /// the event that counts once. Its properties are read before the call returns. The event has at most 64 KiB of JSON.
    /// </param>
    /// <param name="cancellationToken">Gives up; without <see cref="StatHubClientOptions.Defer"/> it is not known then whether the event counts.</param>
    public ValueTask<LogResult> LogAsync(string name, string uid = "", object? fields = null, CancellationToken cancellationToken = default)
    {
        if (_sender is null)
            return ValueTask.FromResult(new LogResult(LogState.Disabled));
        byte[] json;
        try
        {
            json = EventJson.Write(name, uid, fields, _time.GetUtcNow());
        }
#pragma warning disable CA1031 // Properties of any object run any code, and a statistic must not break what it counts.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return ValueTask.FromResult(_counter.Drop(1, $"The event cannot be written as JSON: {exception.Message}"));
        }
        return _queue is not null ? ValueTask.FromResult(_queue.Add(json)) : new ValueTask<LogResult>(SendAsync(json, cancellationToken));
    }

    /// <summary>Sends <c>server.start</c>: <c>uid</c> is <c>system-</c> and the host's name, with its address in <c>ip</c> and its name in <c>app_node</c>.</summary>
    /// <param name="cancellationToken">As for <see cref="LogAsync"/>.</param>
    public ValueTask<LogResult> SystemStartupAsync(CancellationToken cancellationToken = default) =>
        LogAsync("server.start", $"system-{Environment.MachineName}", new Dictionary<string, object?> { ["ip"] = Address(), ["app_node"] = Environment.MachineName }, cancellationToken);

    /// <summary>Sends what waits now and does not wait for batches to fill. Does nothing without <see cref="StatHubClientOptions.Defer"/>.</summary>
    /// <param name="cancellationToken">Ends the waiting; what waits is sent all the same.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task FlushAsync(CancellationToken cancellationToken = default) => _queue?.FlushAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Asks whether StatHub is there; needs no valid token.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its status and version.</returns>
    /// <exception cref="StatHubException">It is not, or something else is there.</exception>
    public Task<Pong> PingAsync(CancellationToken cancellationToken = default) =>
        _rest?.GetAsync("ping/", RestClient.Json.Pong, cancellationToken) ?? Task.FromResult(Off);

    /// <summary>Sends what waits, for <see cref="StatHubClientOptions.ShutdownPatience"/> at most, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_queue is not null)
            await _queue.DisposeAsync().ConfigureAwait(false);
        _rest?.Dispose();
    }

    private async Task<LogResult> SendAsync(byte[] json, CancellationToken cancellationToken)
    {
        try
        {
            var result = await _sender!.SendAsync([json], Guid.CreateVersion7(_time.GetUtcNow()).ToString("N"), cancellationToken).ConfigureAwait(false);
            if (result.Ids is [var id])
            {
                _counter.AcceptDirectly();
                return new LogResult(LogState.Accepted, id);
            }
            return _counter.Drop(1, result.Failure!);
        }
        catch (OperationCanceledException)
        {
            return _counter.Drop(1, "It was cancelled.");
        }
    }

    private static string? Address()
    {
        try
        {
            // Of the interfaces: a name service may be slow.
            return NetworkInterface.GetAllNetworkInterfaces()
                .Where(one => one.OperationalStatus == OperationalStatus.Up)
                .SelectMany(one => one.GetIPProperties().UnicastAddresses)
                .Select(one => one.Address)
                .FirstOrDefault(address => !IPAddress.IsLoopback(address) && address.AddressFamily == AddressFamily.InterNetwork)?.ToString();
        }
        catch (NetworkInformationException)
        {
            return null;
        }
    }
}
