namespace StatHub.Core.Events;

/// <summary>What a body of events looks like.</summary>
public enum EventForm
{
    /// <summary>One object that has <c>event</c> and <c>uid</c>, or an array of points: what clients of stats-service send.</summary>
    Classic,

    /// <summary>One object that has <c>event</c>, or an array of at most <see cref="EventReader.MostEvents"/> of them; <c>uid</c> and <c>time</c> are optional.</summary>
    Batch,
}
