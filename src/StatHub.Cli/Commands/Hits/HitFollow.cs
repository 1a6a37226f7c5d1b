using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Json;
using StatHub.Core.Hits;

namespace StatHub.Cli.Commands.Hits;

/// <summary>Prints hits as they come, each once, also when the service was away meanwhile.</summary>
/// <param name="api">The service.</param>
/// <param name="path">The question, with the range's beginning if it has one.</param>
/// <param name="time">The clock of the pauses.</param>
internal sealed class HitFollow(RestCaller api, Func<RestPath> path, TimeProvider time)
{
    private const int PageSize = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // A buffered nginx writes a line up to a second after its instant.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    private readonly HitWindow _window = new();
    private readonly List<byte> _line = [];
    private string? _from;
    private long _printed;
    private bool _isAway;

    /// <summary>Whether hits that are there already are passed over.</summary>
    public bool FromNow { get; init; }

    /// <summary>It ends when so many are printed.</summary>
    public long Limit { get; init; }

    public async Task RunAsync(Stream output, Screen screen, CancellationToken cancellationToken)
    {
        if (FromNow)
            await BeginNowAsync(cancellationToken);
        await ReadAsync(output, cancellationToken);
        while (_printed < Limit)
        {
            await Task.Delay(Pause, time, cancellationToken);
            await ReadAgainAsync(output, screen, cancellationToken);
        }
    }

    // "Now" is the service's: up to there it has read everything.
    private async Task BeginNowAsync(CancellationToken cancellationToken)
    {
        using var answer = await api.OpenAsync(HttpMethod.Head, path().With("limit", 1), cancellationToken);
        if (HitPageHeaders.AsOf(answer) is not { } asOf)
            return;
        _window.Settle(asOf);
        _from = InstantConverter.ToText(asOf);
    }

    // A service that restarts is no reason to stop: what it has then is compared with what was printed.
    private async Task ReadAgainAsync(Stream output, Screen screen, CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(output, cancellationToken);
            if (_isAway)
                await screen.NoteAsync($"{api.Server} answers again.");
            _isAway = false;
        }
        catch (CommandFailure failure) when (failure.IsPassing)
        {
            if (!_isAway)
                await screen.NoteAsync($"{failure.Message} Trying again.");
            _isAway = true;
        }
    }

    private async Task ReadAsync(Stream output, CancellationToken cancellationToken)
    {
        _window.Begin();
        DateTimeOffset? asOf = null;
        // All up to there is settled, that millisecond included.
        var cursor = _window.Settled > 0 ? RawHitCursor.Write(RawHitPosition.Before(_window.Settled + 1)) : null;
        do
        {
            var question = path().With("from", _from).With("format", "ndjson").With("limit", PageSize).With("cursor", cursor);
            using var answer = await api.OpenAsync(HttpMethod.Get, question, cancellationToken);
            asOf ??= HitPageHeaders.AsOf(answer);
            await PrintNewAsync(answer, output, cancellationToken);
            cursor = HitPageHeaders.NextCursor(answer);
        }
        while (cursor is not null && _printed < Limit);
        if (asOf is { } instant)
            _window.Settle(instant - Overlap);
    }

    private async Task PrintNewAsync(HttpResponseMessage answer, Stream output, CancellationToken cancellationToken)
    {
        _line.Clear();
        await foreach (var block in AnswerBlocks.ReadAsync(answer, api.Server, cancellationToken))
        {
            var rest = block;
            for (var end = rest.Span.IndexOf((byte)'\n'); end >= 0 && _printed < Limit; end = rest.Span.IndexOf((byte)'\n'))
            {
                _line.AddRange(rest.Span[..(end + 1)]);
                await PrintIfNewAsync(output, cancellationToken);
                rest = rest[(end + 1)..];
            }
            _line.AddRange(rest.Span);
        }
    }

    private async Task PrintIfNewAsync(Stream output, CancellationToken cancellationToken)
    {
        var line = _line.ToArray();
        _line.Clear();
        if (!_window.IsNew(line))
            return;
        await output.WriteAsync(line, cancellationToken);
        await output.FlushAsync(cancellationToken);
        _printed++;
    }
}
