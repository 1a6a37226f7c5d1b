namespace StatHub.Core.Journal;

/// <summary>The journal as requests see it: how far it is read, and a way to wait for it. Safe to call from several threads.</summary>
public interface IJournal
{
    /// <summary>The instant up to which everything that was written is in every answer.</summary>
    DateTimeOffset AsOf { get; }

    /// <summary>Bytes that are written and not yet committed.</summary>
    long PendingBytes { get; }

    /// <summary>
    /// Notes how long the journal is now and waits until all of that is committed; where nginx buffers its lines it is
    /// signalled first, and callers at the same time share one signal. False after 10 seconds.
    /// </summary>
    Task<bool> WaitForFreshAsync(CancellationToken cancellationToken);

    /// <summary>Says that there is much new, which need not wait for its turn.</summary>
    void Hurry();

    /// <summary>Cuts the live file now, and returns when nginx has it reopened or has been told to.</summary>
    /// <exception cref="Nginx.ReopenException">nginx could not be signalled. The file stays in the journal and is read all the same.</exception>
    Task<JournalCut> CutAsync(CancellationToken cancellationToken);

    /// <summary>What is wrong with the journal and its ingest at the moment; empty when all is well.</summary>
    IReadOnlyList<string> Problems { get; }
}

/// <summary>What a cut did.</summary>
/// <param name="File">The name of the file that was cut off; null when the live file was empty, absent, or an earlier cut is not done.</param>
/// <param name="Bytes">Its length when it was cut.</param>
/// <param name="Signalled">Whether nginx was signalled.</param>
/// <param name="Detail">Why there was no cut; null when there was one.</param>
public sealed record JournalCut(string? File, long Bytes, bool Signalled, string? Detail);
