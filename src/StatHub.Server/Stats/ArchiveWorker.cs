using Microsoft.Extensions.Options;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Storage.Stats;

namespace StatHub.Server.Stats;

/// <summary>Archives stats when a period begins, and again soon when that failed. It catches everything: stats are counted without an archive too.</summary>
internal sealed partial class ArchiveWorker : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    // A clock that is set does not put it off for long.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly StatsArchiver _archiver;
    private readonly ArchiveState _state;
    private readonly StatsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ArchiveWorker> _logger;

    public ArchiveWorker(SqliteStats stats, ITenantStore tenants, ArchiveState state, IOptions<StatsOptions> options, TimeProvider time, ILogger<ArchiveWorker> logger)
    {
        (_state, _options, _time, _logger) = (state, options.Value, time, logger);
        _archiver = new StatsArchiver(stats, tenants, dim => _options.Archive.TryGetValue(dim, out var own) ? own : _options.ArchivePeriod, time);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_options.ArchiveEnabled)
            return;
        var due = DateTimeOffset.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var now = _time.GetUtcNow();
                if (now >= due || due - now > _options.Archive.Values.Append(_options.ArchivePeriod).Max())
                    due = await Task.Run(Archive, stoppingToken) ? Next(now) : now + Again;
                var pause = due - _time.GetUtcNow();
                await Task.Delay(pause < TimeSpan.Zero ? TimeSpan.Zero : pause < Longest ? pause : Longest, _time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Stats that cannot be read at the moment.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Note(exception);
                due = _time.GetUtcNow() + Again;
            }
        }
    }

    private bool Archive()
    {
        var (failures, leftOut) = _archiver.Run();
        foreach (var failure in failures)
            Note(failure);
        if (failures.Count == 0)
            _state.Written(_time.GetUtcNow());
        if (leftOut > 0)
        {
            _state.LeftOut(leftOut);
            LogLeftOut(leftOut);
        }
        return failures.Count == 0;
    }

    /// <summary>When the next period of any dim begins.</summary>
    private DateTimeOffset Next(DateTimeOffset now) => _options.Archive.Values.Append(_options.ArchivePeriod)
        .Min(period => DateTimeOffset.FromUnixTimeSeconds(GaugeBucket.Containing(now, period).Start) + period);

    private void Note(Exception exception)
    {
        _state.Failed(exception.Message);
        LogFailed(exception);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive has no room for {Stats} stats: it has as many tables, or columns of a dim, as it may have. The others are archived")]
    private partial void LogLeftOut(int stats);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stats could not be archived; it is tried again")]
    private partial void LogFailed(Exception exception);
}
