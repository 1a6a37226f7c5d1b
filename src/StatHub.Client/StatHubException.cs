using StatHub.Contracts;

namespace StatHub.Client;

/// <summary>A question that StatHub did not answer. Sending events never throws it.</summary>
public sealed class StatHubException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="innerException">What it comes from, if anything.</param>
    public StatHubException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The HTTP status of the answer; null when there was none.</summary>
    public int? Status { get; init; }

    /// <summary>What StatHub said; null when it said nothing that could be understood.</summary>
    public Problem? Problem { get; init; }
}
