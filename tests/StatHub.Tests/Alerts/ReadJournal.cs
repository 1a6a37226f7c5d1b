using StatHub.Core.Journal;
using StatHub.Tests.Storage;

namespace StatHub.Tests.Alerts;

/// <summary>The journal of a folder, read when a test says so.</summary>
internal sealed class ReadJournal(StoreFolder folder) : IJournal
{
    public DateTimeOffset AsOf { get; private set; } = DateTimeOffset.UnixEpoch;

    public long PendingBytes => folder.Store.Tail.PendingBytes;

    public IReadOnlyList<string> Problems => [];

    /// <summary>Reads everything that was written up to now.</summary>
    public void Read() => AsOf = folder.Store.Tail.Run(CancellationToken.None).BeganAt;

    public Task<bool> WaitForFreshAsync(CancellationToken cancellationToken)
    {
        Read();
        return Task.FromResult(true);
    }

    public void Hurry() => throw new NotSupportedException();

    public Task<JournalCut> CutAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
