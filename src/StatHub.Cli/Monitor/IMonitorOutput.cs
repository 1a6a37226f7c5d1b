using StatHub.Core.Alerts;

namespace StatHub.Cli.Monitor;

/// <summary>Where a monitor shows what it sees.</summary>
internal interface IMonitorOutput : IDisposable
{
    /// <summary>An alert begins, or is over.</summary>
    Task TellAsync(AlertTransition transition, MonitorState state);

    /// <summary>An interval is over.</summary>
    Task ReportAsync(MonitorState state);

    /// <summary>Some time went by; false when somebody wants it to end.</summary>
    /// <param name="now">The clock.</param>
    /// <param name="state">What there is to show, for who shows anything.</param>
    bool Refresh(DateTimeOffset now, Func<MonitorState> state);
}
