using System.Diagnostics.CodeAnalysis;

namespace StatHub.Storage.Commits;

/// <summary>What waits, of several owners: they take turns, so that who brings much waits for himself and not the others for him. Not for several threads.</summary>
/// <typeparam name="TOwner">Who waits.</typeparam>
/// <typeparam name="TWork">For what.</typeparam>
/// <param name="most">The most that may wait, by weight.</param>
/// <param name="mostOfOwner">The most of one owner.</param>
internal sealed class TurnQueue<TOwner, TWork>(long most, long mostOfOwner)
    where TOwner : notnull
{
    private readonly Dictionary<TOwner, Waiting> _owners = [];
    private readonly Queue<Waiting> _turns = [];
    private long _weight;

    public int Count { get; private set; }

    /// <summary>Lets something wait; false when too much waits. One thing of an owner may always wait, whatever it weighs.</summary>
    public bool TryAdd(TOwner owner, TWork work, long weight)
    {
        if (!_owners.TryGetValue(owner, out var waiting))
        {
            if (Count > 0 && _weight + weight > most)
                return false;
            _owners[owner] = waiting = new Waiting(owner);
            _turns.Enqueue(waiting);
        }
        else if (_weight + weight > most || waiting.Weight + weight > mostOfOwner)
        {
            return false;
        }
        waiting.Works.Enqueue((work, weight));
        waiting.Weight += weight;
        _weight += weight;
        Count++;
        return true;
    }

    /// <summary>Takes what is next when it weighs no more than there is room for.</summary>
    public bool TryTake(long room, [MaybeNullWhen(false)] out TWork work, out long weight)
    {
        (work, weight) = (default, 0);
        if (!_turns.TryPeek(out var next) || next.Works.Peek().Weight > room)
            return false;
        _turns.Dequeue();
        (work, weight) = next.Works.Dequeue();
        next.Weight -= weight;
        _weight -= weight;
        Count--;
        if (next.Works.Count > 0)
            _turns.Enqueue(next);
        else
            _owners.Remove(next.Owner);
        return true;
    }

    private sealed class Waiting(TOwner owner)
    {
        public TOwner Owner { get; } = owner;

        public Queue<(TWork Work, long Weight)> Works { get; } = [];

        public long Weight { get; set; }
    }
}
