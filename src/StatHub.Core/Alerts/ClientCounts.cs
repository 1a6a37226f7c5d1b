using System.Runtime.InteropServices;
using System.Text;
using StatHub.Core.Text;

namespace StatHub.Core.Alerts;

/// <summary>
/// Hits of each client in the buckets of a window, in bounded memory. When there are too many names, those with the fewest hits are let go of in bulk, as in
/// <see cref="Sketches.HeavyHitters"/>: what is told of a client is never more than it has, and who sends more than others stays.
/// </summary>
/// <param name="slots">How many buckets the ring has.</param>
/// <param name="most">How many clients stay when some are let go of, which is when there are twice as many.</param>
internal sealed class ClientCounts(int slots, int most)
{
    private const int CountsPerClient = 20;
    private const int MostNameBytes = 255;

    private readonly Dictionary<byte[], Client> _clients = new(BytesComparer.Instance);
    private readonly Dictionary<Client, int>?[] _slots = new Dictionary<Client, int>?[slots];
    private readonly int _mostCounts = Math.Max(CountsPerClient * most, 4 * slots);
    private int _counts;

    /// <summary>A client that is told apart.</summary>
    private sealed class Client(byte[] name)
    {
        public byte[] Name => name;

        /// <summary>In the window.</summary>
        public long Hits { get; set; }

        /// <summary>In all buckets, those ahead included.</summary>
        public long All { get; set; }

        /// <summary>How many buckets have some.</summary>
        public int Counts { get; set; }
    }

    /// <summary>Hits that were let go of, or that came when their client was.</summary>
    public long Unnamed { get; private set; }

    /// <summary>Adds a hit of a client to a bucket.</summary>
    public void Add(int slot, bool isAhead, ReadOnlySpan<byte> name)
    {
        var client = Find(name.Length > MostNameBytes ? name[..MostNameBytes] : name);
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_slots[slot] ??= [], client, out var isKnown);
        count++;
        client.All++;
        if (!isAhead)
            client.Hits++;
        if (isKnown)
            return;
        client.Counts++;
        _counts++;
        if (_clients.Count > 2 * (long)most || _counts > _mostCounts)
            LetGo();
    }

    /// <summary>The window has reached a bucket that was ahead.</summary>
    public void Reach(int slot)
    {
        foreach (var (client, count) in _slots[slot] ?? [])
            client.Hits += count;
    }

    /// <summary>Nothing is left of a bucket.</summary>
    public void Clear(int slot, bool isAhead)
    {
        if (_slots[slot] is not { Count: > 0 } bucket)
            return;
        foreach (var (client, count) in bucket)
        {
            client.All -= count;
            if (!isAhead)
                client.Hits -= count;
            if (--client.Counts == 0)
                _clients.Remove(client.Name);
        }
        _counts -= bucket.Count;
        bucket.Clear();
        // A flood that is over leaves no memory behind.
        if (bucket.EnsureCapacity(0) > most)
            _slots[slot] = null;
    }

    /// <summary>Hits of a client in the window.</summary>
    public long HitsOf(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        return _clients.TryGetValue(bytes, out var client) ? client.Hits : 0;
    }

    /// <summary>Clients with more hits than that in the window, those with the most first.</summary>
    public IReadOnlyList<ClientHits> List(long moreThan)
    {
        var clients = _clients.Values.Where(client => client.Hits > moreThan).ToArray();
        Array.Sort(clients, (x, y) => Compare(x.Hits, x, y.Hits, y));
        return [.. clients.Select(client => new ClientHits(Encoding.UTF8.GetString(client.Name), client.Hits))];
    }

    private Client Find(ReadOnlySpan<byte> name)
    {
        var clients = _clients.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!clients.TryGetValue(name, out var client))
            client = _clients[name.ToArray()] = new Client(name.ToArray());
        return client;
    }

    private void LetGo()
    {
        var ranked = _clients.Values.ToArray();
        Array.Sort(ranked, (x, y) => Compare(x.All, x, y.All, y));
        var (kept, counts) = (0, 0);
        while (kept < Math.Min(most, ranked.Length) && counts + ranked[kept].Counts <= _mostCounts / 2)
            counts += ranked[kept++].Counts;
        foreach (var client in ranked.AsSpan(kept))
        {
            Unnamed += client.All;
            _clients.Remove(client.Name);
            client.Counts = 0;
        }
        foreach (var bucket in _slots)
        {
            foreach (var (client, _) in bucket ?? [])
            {
                if (client.Counts == 0)
                    bucket!.Remove(client);
            }
        }
        _counts = counts;
    }

    private static int Compare(long left, Client x, long right, Client y)
    {
        var order = right.CompareTo(left);
        return order != 0 ? order : x.Name.AsSpan().SequenceCompareTo(y.Name);
    }
}

/// <summary>What a client sent within a window.</summary>
/// <param name="Client">Who it is, as it was told: a text from outside.</param>
/// <param name="Hits">How many hits.</param>
public readonly record struct ClientHits(string Client, long Hits);
