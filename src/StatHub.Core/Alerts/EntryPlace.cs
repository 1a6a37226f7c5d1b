namespace StatHub.Core.Alerts;

/// <summary>Where a <see cref="TrafficWindow"/> put an entry.</summary>
public enum EntryPlace
{
    /// <summary>In its bucket.</summary>
    Window,

    /// <summary>In a bucket that the window has not reached yet.</summary>
    Ahead,

    /// <summary>Nowhere: it is older than the window.</summary>
    Late,

    /// <summary>Nowhere: it is of the future.</summary>
    Future,
}
