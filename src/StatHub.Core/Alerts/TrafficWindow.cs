using StatHub.Core.Hits;

namespace StatHub.Core.Alerts;

/// <summary>
/// What came within the last minutes: a ring of buckets, and their sums. Entries are placed by their own time, so that it does not matter when they are read.
/// <para>
/// It has no clock: <see cref="Advance"/> says which instant it is, and the window are the buckets up to that of the instant, that one included. A clock
/// that is set back makes it forget what it has from then on, since those instants come again; it <see cref="IsWhole"/> again a window later. Sums
/// take the same time for any number of entries, memory none for them. Not safe for several threads.
/// </para>
/// </summary>
public sealed class TrafficWindow
{
    private readonly TrafficWindowSettings _settings;
    private readonly long _bucketMilliseconds;
    private readonly int _length;
    private readonly int _ahead;
    private readonly AlertMeasure[] _ring;
    private readonly ClientCounts? _clients;
    private AlertMeasure _sums;
    private long _latest;
    private long _head;
    private long _wholeFrom;
    private long _awakeFrom;

    /// <summary>Begins a window.</summary>
    /// <param name="settings">What it looks at.</param>
    /// <param name="instant">The first instant.</param>
    /// <param name="knownSince">From when on everything is added, where something was before; null where the first instant is the beginning of everything.</param>
    /// <exception cref="ArgumentException">The settings have a mistake.</exception>
    public TrafficWindow(TrafficWindowSettings settings, DateTimeOffset instant, DateTimeOffset? knownSince = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Mistake is { } mistake)
            throw new ArgumentException(mistake, nameof(settings));
        _settings = settings;
        _bucketMilliseconds = (long)settings.Bucket.TotalMilliseconds;
        (_length, _ahead) = ((int)(settings.Window / settings.Bucket), (int)(settings.Ahead / settings.Bucket));
        _ring = new AlertMeasure[_length + _ahead];
        _clients = settings.MostClients == 0 ? null : new ClientCounts(_ring.Length, settings.MostClients);
        _latest = instant.ToUnixTimeMilliseconds();
        _head = NumberOf(_latest);
        // A bucket that is known from its middle on is not known.
        var since = (knownSince ?? instant).ToUnixTimeMilliseconds();
        _awakeFrom = NumberOf(since) + (since == NumberOf(since) * _bucketMilliseconds ? 0 : 1);
        _wholeFrom = knownSince is null ? long.MinValue : _awakeFrom;
    }

    /// <summary>What it looks at.</summary>
    public TrafficWindowSettings Settings => _settings;

    /// <summary>What is in the window.</summary>
    public AlertMeasure Sums => _sums;

    /// <summary>Entries that were older than the window when they came.</summary>
    public long Late { get; private set; }

    /// <summary>Entries that were of the future when they came. They are forgotten, and moved nothing.</summary>
    public long Future { get; private set; }

    /// <summary>Entries, ever, that no client is charged with, since there were too many. Who sends more than others stays, and may lack some of before.</summary>
    public long Unnamed => _clients?.Unnamed ?? 0;

    /// <summary>Whether nothing is missing that was there: neither what came before it was known, nor what a clock that was set back has hidden.</summary>
    public bool IsWhole => First >= _wholeFrom;

    /// <summary>Whether, besides, somebody looked all the time: only then does an empty window mean that nothing came.</summary>
    public bool IsWatched => IsWhole && First >= _awakeFrom;

    private long First => _head - _length + 1;

    /// <summary>Goes to an instant. One that is less than a bucket before the latest is that.</summary>
    public void Advance(DateTimeOffset instant)
    {
        var now = instant.ToUnixTimeMilliseconds();
        if (now <= _latest - _bucketMilliseconds)
            SetBack(NumberOf(now));
        else if (now <= _latest)
            return;
        else if (now - _latest > _settings.LongestPause.TotalMilliseconds)
            _awakeFrom = NumberOf(now) + 1;
        _latest = now;
        MoveTo(NumberOf(now));
    }

    /// <summary>Adds an entry.</summary>
    /// <param name="unixMilliseconds">Its own time.</param>
    /// <param name="isError">Whether it was answered with a status of 5xx.</param>
    /// <param name="millionths">Its value.</param>
    /// <param name="client">Who sent it, in UTF-8; empty for nobody in particular.</param>
    public EntryPlace Add(long unixMilliseconds, bool isError, long millionths, ReadOnlySpan<byte> client)
    {
        var number = NumberOf(unixMilliseconds);
        if (number > _head + _ahead)
        {
            Future++;
            return EntryPlace.Future;
        }
        if (number < First)
        {
            Late++;
            return EntryPlace.Late;
        }
        var entry = new AlertMeasure(1, isError ? 1 : 0, new ValueSum(millionths));
        var slot = SlotOf(number);
        var isAhead = number > _head;
        _ring[slot] += entry;
        if (!isAhead)
            _sums += entry;
        if (!client.IsEmpty)
            _clients?.Add(slot, isAhead, client);
        return isAhead ? EntryPlace.Ahead : EntryPlace.Window;
    }

    /// <summary>Hits of a client in the window, as far as it is told apart: never more than there are.</summary>
    public long HitsOf(string client) => _clients?.HitsOf(client) ?? 0;

    /// <summary>Clients with more hits than that in the window, those with the most first, equal ones in the order of their bytes.</summary>
    public IReadOnlyList<ClientHits> Clients(long moreThan = 0) => _clients?.List(moreThan) ?? [];

    /// <summary>Hits of each bucket of the window, the oldest first.</summary>
    public IReadOnlyList<long> HitsByBucket() => [.. Enumerable.Range(0, _length).Select(i => _ring[SlotOf(First + i)].Hits)];

    /// <summary>What was later than a clock shows that was set back.</summary>
    private void SetBack(long number)
    {
        var last = _head + _ahead;
        for (var dropped = Math.Max(number, First); dropped <= last; dropped++)
            Clear(dropped, isAhead: dropped > _head);
        _wholeFrom = number + 1;
        _awakeFrom = Math.Min(_awakeFrom, _wholeFrom);
        _head = number;
    }

    private void MoveTo(long number)
    {
        if (number - _head > _ring.Length)
        {
            for (var gone = First; gone <= _head + _ahead; gone++)
                Clear(gone, isAhead: gone > _head);
            _head = number;
        }
        while (_head < number)
        {
            Clear(First, isAhead: false);
            _head++;
            _sums += _ring[SlotOf(_head)];
            _clients?.Reach(SlotOf(_head));
        }
    }

    private void Clear(long number, bool isAhead)
    {
        var slot = SlotOf(number);
        if (!isAhead)
            _sums -= _ring[slot];
        _ring[slot] = default;
        _clients?.Clear(slot, isAhead);
    }

    private long NumberOf(long unixMilliseconds)
    {
        var (number, rest) = Math.DivRem(unixMilliseconds, _bucketMilliseconds);
        return rest < 0 ? number - 1 : number;
    }

    private int SlotOf(long number) => (int)((number % _ring.Length + _ring.Length) % _ring.Length);
}
