namespace StatHub.Storage.Events;

/// <summary>Events could not be brought to disk.</summary>
public sealed class EventJournalException : Exception
{
    public EventJournalException(string message)
        : base(message)
    {
    }

    public EventJournalException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
