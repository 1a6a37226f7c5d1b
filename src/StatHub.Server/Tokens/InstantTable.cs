namespace StatHub.Server.Tokens;

/// <summary>
/// An instant for each of many keys, in memory of a fixed size. A key has one of four places; where all are taken the earliest instant gives way, so whoever
/// comes with ever new keys makes the table forget, and never grow. Safe to call from several threads.
/// </summary>
internal sealed class InstantTable
{
    private const int Ways = 4;
    private const int Gates = 64;

    private readonly Place[] _places;
    private readonly Lock[] _gates = [.. Enumerable.Range(0, Gates).Select(_ => new Lock())];

    /// <param name="places">How many keys it holds.</param>
    public InstantTable(int places) => _places = new Place[places / Ways * Ways];

    /// <summary>The instant of a key, in ticks; 0 when there is none.</summary>
    public long Read(UInt128 key)
    {
        var first = First(key);
        lock (Gate(first))
        {
            ref var place = ref Find(first, key);
            return place.Key == key ? place.Ticks : 0;
        }
    }

    public void Write(UInt128 key, long ticks)
    {
        var first = First(key);
        lock (Gate(first))
            Find(first, key) = new Place(key, ticks);
    }

    /// <summary>
    /// Moves a key's instant on by a step, unless it would lie further ahead of now than it may: then it stays, and what is answered is by how much.
    /// </summary>
    public long Advance(UInt128 key, long now, long step, long most)
    {
        var first = First(key);
        lock (Gate(first))
        {
            ref var place = ref Find(first, key);
            // Further ahead than it may lie is only what was noted before a clock was set back.
            var next = Math.Clamp(place.Key == key ? place.Ticks : 0, now, now + most) + step;
            if (next > now + most)
                return next - now - most;
            place = new Place(key, next);
            return 0;
        }
    }

    // HashCode is seeded at random for each process: nobody can choose keys that share a place.
    private int First(UInt128 key) => (int)((uint)HashCode.Combine(key) % (uint)(_places.Length / Ways)) * Ways;

    private Lock Gate(int first) => _gates[first / Ways % Gates];

    /// <summary>The place of a key, or the one that it may have.</summary>
    private ref Place Find(int first, UInt128 key)
    {
        var earliest = first;
        for (var i = first; i < first + Ways; i++)
        {
            if (_places[i].Key == key)
                return ref _places[i];
            if (_places[i].Ticks < _places[earliest].Ticks)
                earliest = i;
        }
        return ref _places[earliest];
    }

    private readonly record struct Place(UInt128 Key, long Ticks);
}
