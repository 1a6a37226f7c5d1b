using StatHub.Core.Alerts;
using StatHub.Core.Hits;

namespace StatHub.Tests.Alerts;

/// <summary>A window that keeps every entry in a list and counts them one by one.</summary>
internal sealed class TrafficModel(TrafficWindowSettings settings, DateTimeOffset start, bool isBeginning)
{
    private readonly List<Entry> _entries = [];
    private readonly long _bucket = (long)settings.Bucket.TotalMilliseconds;
    private long _latest = start.ToUnixTimeMilliseconds();
    private long _hiddenUntil = isBeginning ? long.MinValue : (long)Math.Ceiling(start.ToUnixTimeMilliseconds() / settings.Bucket.TotalMilliseconds);
    private long _unseenUntil = (long)Math.Ceiling(start.ToUnixTimeMilliseconds() / settings.Bucket.TotalMilliseconds);

    private sealed record Entry(long Bucket, bool IsError, long Millionths, string Client);

    public long Late { get; private set; }

    public long Future { get; private set; }

    public bool IsWhole => Oldest >= _hiddenUntil;

    public bool IsWatched => IsWhole && Oldest >= _unseenUntil;

    private long Now => Bucket(_latest);

    private long Oldest => Now - (long)(settings.Window / settings.Bucket) + 1;

    private IEnumerable<Entry> Window => _entries.Where(entry => entry.Bucket <= Now && entry.Bucket >= Oldest);

    public void Advance(DateTimeOffset instant)
    {
        var now = instant.ToUnixTimeMilliseconds();
        if (now <= _latest - _bucket)
        {
            _entries.RemoveAll(entry => entry.Bucket >= Bucket(now));
            _hiddenUntil = Bucket(now) + 1;
            _unseenUntil = Math.Min(_unseenUntil, _hiddenUntil);
            _latest = now;
        }
        else if (now > _latest)
        {
            if (now - _latest > settings.LongestPause.TotalMilliseconds)
                _unseenUntil = Bucket(now) + 1;
            _latest = now;
        }
        _entries.RemoveAll(entry => entry.Bucket < Oldest);
    }

    public void Add(long unixMilliseconds, bool isError, long millionths, string client)
    {
        var bucket = Bucket(unixMilliseconds);
        if (bucket > Now + (long)(settings.Ahead / settings.Bucket))
            Future++;
        else if (bucket < Oldest)
            Late++;
        else
            _entries.Add(new Entry(bucket, isError, millionths, client));
    }

    public AlertMeasure Measure(string? client = null)
    {
        var entries = Window.Where(entry => client is null || entry.Client == client).ToList();
        return client is null
            ? new AlertMeasure(entries.Count, entries.Count(entry => entry.IsError), new ValueSum(entries.Aggregate(Int128.Zero, (sum, entry) => sum + entry.Millionths)))
            : new AlertMeasure(entries.Count, 0, default);
    }

    public IReadOnlyList<ClientHits> Clients() =>
    [
        .. Window.Where(entry => entry.Client != "").GroupBy(entry => entry.Client).Select(client => new ClientHits(client.Key, client.Count()))
            .OrderByDescending(client => client.Hits).ThenBy(client => client.Client, StringComparer.Ordinal),
    ];

    public IReadOnlyList<long> HitsByBucket() =>
        [.. Enumerable.Range(0, (int)(settings.Window / settings.Bucket)).Select(i => (long)_entries.Count(entry => entry.Bucket == Oldest + i))];

    private long Bucket(long milliseconds) => (long)Math.Floor((decimal)milliseconds / _bucket);
}
