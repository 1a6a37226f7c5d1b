namespace StatHub.Storage.Hits;

/// <summary>
/// Which states of the catalogue readers still look at. A reader goes on with the files of its state after a compaction
/// has replaced them, so they are removed only when no reader is older than that.
/// </summary>
internal sealed class Snapshots
{
    private readonly Lock _gate = new();
    private readonly HashSet<Snapshot> _open = [];

    /// <summary>Begins one that keeps everything, until its <see cref="Snapshot.Compaction"/> is set.</summary>
    public Snapshot Open()
    {
        var snapshot = new Snapshot(this);
        lock (_gate)
            _open.Add(snapshot);
        return snapshot;
    }

    /// <summary>The number of the last compaction that every reader sees; what that or an earlier one replaced is not read any more.</summary>
    public long SeenByAll()
    {
        lock (_gate)
            return _open.Count == 0 ? long.MaxValue : _open.Min(snapshot => snapshot.Compaction);
    }

    /// <summary>A reader's state of the catalogue.</summary>
    internal sealed class Snapshot(Snapshots all) : IDisposable
    {
        private long _compaction;

        /// <summary>The number of the last compaction that the reader sees.</summary>
        public long Compaction
        {
            get => Interlocked.Read(ref _compaction);
            set => Interlocked.Exchange(ref _compaction, value);
        }

        public void Dispose()
        {
            lock (all._gate)
                all._open.Remove(this);
        }
    }
}
