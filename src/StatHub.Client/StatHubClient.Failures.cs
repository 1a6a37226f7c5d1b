using Microsoft.Extensions.Logging;

namespace StatHub.Client;

public sealed partial class StatHubClient
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Lock _telling = new();
    private string? _told;
    private long _toldAt;

    /// <summary>A server that is away for an hour is no reason for a thousand lines in the log.</summary>
    private void Tell(string failure)
    {
        lock (_telling)
        {
            if (_told == failure && _time.GetElapsedTime(_toldAt) < Quiet)
                return;
            (_told, _toldAt) = (failure, _time.GetTimestamp());
        }
        LogFailure(failure);
    }

    [LoggerMessage(LogLevel.Warning, "Events are not taken by StatHub: {Failure}")]
    private partial void LogFailure(string failure);
}
