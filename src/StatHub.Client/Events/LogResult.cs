namespace StatHub.Client;

/// <summary>What became of an event.</summary>
/// <param name="State">What became of it.</param>
/// <param name="Id">Its name, once StatHub has it on disk; else null.</param>
/// <param name="Reason">Why it was dropped; else null.</param>
public readonly record struct LogResult(LogState State, string? Id = null, string? Reason = null);

/// <summary>What becomes of events.</summary>
public enum LogState
{
    /// <summary>StatHub has it on disk.</summary>
    Accepted,

    /// <summary>It waits in the queue and is sent in the background.</summary>
    Queued,

    /// <summary>It is lost: <see cref="LogResult.Reason"/> says why, <see cref="StatHubClient.Statistics"/> counts it.</summary>
    Dropped,

    /// <summary>The client is disabled.</summary>
    Disabled,
}
