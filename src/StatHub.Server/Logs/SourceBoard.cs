using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StatHub.Contracts.Logs;
using StatHub.Core.Logs;
using StatHub.Server.Http;
using StatHub.Storage.Logs.Following;

namespace StatHub.Server.Logs;

/// <summary>How far each log is followed.</summary>
internal sealed class SourceBoard(IOptions<SourceOptions> options, TimeProvider time) : IReadinessSource, IMetricSource
{
    private readonly ConcurrentDictionary<LogSource, LogSourceState> _states = new();

    /// <summary>The logs that are followed, in the order of the settings.</summary>
    public IReadOnlyList<LogSource> Sources { get; } = [.. options.Value.Followed];

    public void Note(LogSource source, LogSourceState state) => _states[source] = state;

    public IReadOnlyList<FollowedLog> List() => [.. Sources.Select(source => Shown(source, State(source)))];

    public IEnumerable<string> Reasons() =>
        Sources.Select(source => (source, State(source).Error)).Where(one => one.Error is not null).Select(one => $"The log {one.source.Path} is not followed: {one.Error}");

    public void WriteTo(PrometheusText text)
    {
        if (Sources.Count == 0)
            return;
        Write(text, "stathub_log_source_lines_total", "counter", "Lines of a followed log that are in the journal.", state => state.Totals.Lines);
        Write(text, "stathub_log_source_truncations_total", "counter", "How often a followed log was cut short, or went before all of it was read.", state => state.Totals.Truncations);
        Write(text, "stathub_log_source_truncated_bytes_total", "counter", "Bytes that are known to have gone unread.", state => state.Totals.TruncatedBytes);
        Write(text, "stathub_log_source_behind_bytes", "gauge", "What is written to a followed log and not in the journal.", state => state.BehindBytes);
        Write(text, "stathub_log_source_behind_seconds", "gauge", "Since when something of it is not in the journal.", Behind);
        Write(text, "stathub_log_source_failing", "gauge", "Whether a followed log cannot be read at the moment.", state => state.Error is null ? 0 : 1);
    }

    private void Write(PrometheusText text, string name, string type, string help, Func<LogSourceState, double> value)
    {
        text.Metric(name, type, help);
        foreach (var source in Sources)
            text.Sample(name, value(State(source)), ("source", source.Path), ("tenant", source.Tenant.ToString()));
    }

    private double Behind(LogSourceState state) => state.BehindSince is { } since ? Math.Max(0, (time.GetUtcNow() - since).TotalSeconds) : 0;

    private static string? KeyOf(LogSource source, LogSourceState state) => source.Request.Key is { } key
        ? key.Text
        : LogFormat.TryParse(state.Format ?? LogFormat.Auto, out var format, out _) && format is { HasOwnKeys: false } ? format.UsualKey : null;

    private LogSourceState State(LogSource source) => _states.TryGetValue(source, out var state) ? state : new(null, 0, 0, new FollowedTotals(0, 0, 0), null, null);

    private FollowedLog Shown(LogSource source, LogSourceState state) => new(
        source.Path, source.Tenant.ToString(), state.Format ?? LogFormat.Auto, KeyOf(source, state), state.Offset, state.Totals.Lines, state.Totals.Truncations, state.Totals.TruncatedBytes,
        state.BehindBytes, Behind(state), state.Error);
}
