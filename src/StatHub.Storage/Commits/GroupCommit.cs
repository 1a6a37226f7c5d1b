namespace StatHub.Storage.Commits;

/// <summary>
/// Commits what waits, all of it together, on a thread of its own: while one commit is synced the next one gathers. Safe to call from several threads.
/// </summary>
/// <typeparam name="TOwner">Who waits; several take turns.</typeparam>
/// <typeparam name="TWork">What waits.</typeparam>
internal sealed class GroupCommit<TOwner, TWork> : IDisposable
    where TOwner : notnull
{
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(1);

    private readonly Action<IReadOnlyList<TWork>> _commit;
    private readonly GroupBounds _bounds;
    private readonly bool _gathers;
    private readonly TurnQueue<TOwner, TWork> _waiting;
    private readonly Thread _thread;
    private int _expected;
    private int _last;
    private bool _isClosing;

    /// <summary>Begins.</summary>
    /// <param name="name">Of the thread.</param>
    /// <param name="bounds">How much goes into a commit, and may wait.</param>
    /// <param name="commit">Makes what waits durable and tells those who wait for it, also what failed; throws nothing.</param>
    /// <param name="gathers">Whether a commit waits a little for those who were in the last one. It pays when nothing else is committed meanwhile.</param>
    public GroupCommit(string name, GroupBounds bounds, Action<IReadOnlyList<TWork>> commit, bool gathers = true)
    {
        (_commit, _bounds, _gathers, _waiting) = (commit, bounds, gathers, new TurnQueue<TOwner, TWork>(bounds.Waiting, bounds.WaitingOfOwner));
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Lets it wait for its turn; what was wrong when it does not.</summary>
    public GroupRefusal Add(TOwner owner, TWork work, long weight)
    {
        lock (_waiting)
        {
            if (_isClosing)
                return GroupRefusal.Stopping;
            if (!_waiting.TryAdd(owner, work, weight))
                return GroupRefusal.TooMany;
            if (_waiting.Count == 1 || _gathers && _waiting.Count >= _expected)
                Monitor.Pulse(_waiting);
            return GroupRefusal.None;
        }
    }

    /// <summary>Commits what waits, then ends.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _isClosing = true;
            Monitor.Pulse(_waiting);
        }
        _thread.Join();
    }

    private void Run()
    {
        for (var group = Take(); group.Count > 0; group = Take())
            _commit(group);
    }

    /// <summary>What goes into the next commit; nothing when there will be none.</summary>
    private List<TWork> Take()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0 && !_isClosing)
                Monitor.Wait(_waiting);
            // Those who were told by the last commit come back together; a commit of them all costs hardly more than one of half of them.
            if (_gathers && _waiting.Count < _expected && !_isClosing)
                Monitor.Wait(_waiting, Gathering);
            var group = new List<TWork>(_waiting.Count);
            var room = _bounds.Commit;
            while (_waiting.TryTake(group.Count == 0 ? long.MaxValue : room, out var work, out var weight))
            {
                group.Add(work);
                room -= weight;
            }
            (_expected, _last) = (Math.Max(group.Count, _last), group.Count);
            return group;
        }
    }
}

/// <summary>How much, by weight.</summary>
/// <param name="Commit">Goes into one commit; a single thing may weigh more.</param>
/// <param name="Waiting">May wait in all.</param>
/// <param name="WaitingOfOwner">May wait of one owner.</param>
internal readonly record struct GroupBounds(long Commit, long Waiting, long WaitingOfOwner);

/// <summary>Why something does not wait for a commit.</summary>
internal enum GroupRefusal
{
    /// <summary>It does.</summary>
    None,

    /// <summary>As much waits as may.</summary>
    TooMany,

    /// <summary>There will be no further commit.</summary>
    Stopping,
}
