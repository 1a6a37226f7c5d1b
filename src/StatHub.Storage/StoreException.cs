namespace StatHub.Storage;

/// <summary>The store cannot be opened or is damaged; the message says what an operator can do.</summary>
public class StoreException : Exception
{
    public StoreException()
    {
    }

    public StoreException(string message)
        : base(message)
    {
    }

    public StoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
