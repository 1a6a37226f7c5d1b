namespace StatHub.Core.Nginx;

/// <summary>Makes nginx reopen its logs (USR1).</summary>
public interface IReopenSignal
{
    /// <summary>Sends the signal and returns when nginx's master has it; workers follow some milliseconds later.</summary>
    /// <exception cref="ReopenException">nginx could not be signalled; the message says why.</exception>
    Task SendAsync(CancellationToken cancellationToken);
}

/// <summary>nginx could not be signalled.</summary>
public sealed class ReopenException : Exception
{
    public ReopenException()
    {
    }

    public ReopenException(string message)
        : base(message)
    {
    }

    public ReopenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
