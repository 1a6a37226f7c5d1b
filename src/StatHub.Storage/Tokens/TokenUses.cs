using System.Collections.Concurrent;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Tokens;

/// <summary>When tokens were used last: in memory at once, to the minute, and in the database with the next write.</summary>
internal sealed class TokenUses(Writer writer)
{
    /// <summary>A use so soon after the one that is known is not noted: a request would otherwise cost more than its look-up.</summary>
    private const long LeastMilliseconds = 60_000;

    private readonly ConcurrentDictionary<long, long> _last = new();
    private readonly ConcurrentDictionary<long, long> _unwritten = new();

    /// <summary>The database has this of a token.</summary>
    public void Load(long id, long milliseconds) => _last.TryAdd(id, milliseconds);

    public DateTimeOffset? Of(long id) => _last.TryGetValue(id, out var at) ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    public void Note(long id, DateTimeOffset at)
    {
        var now = at.ToUnixTimeMilliseconds();
        if (_last.TryGetValue(id, out var known) && now - known is >= 0 and < LeastMilliseconds)
            return;
        _last[id] = now;
        _unwritten[id] = now;
    }

    /// <summary>Writes all that is not written; nothing of it is forgotten when that fails.</summary>
    public int Write()
    {
        var uses = _unwritten.ToArray();
        if (uses.Length == 0)
            return 0;
        writer.Transaction(() =>
        {
            foreach (var (id, at) in uses)
                writer.Sql("UPDATE token SET used_ms = ?2 WHERE id = ?1").Run(id, at);
        });
        foreach (var use in uses)
            _unwritten.TryRemove(use);
        return uses.Length;
    }

    /// <summary>The token is gone.</summary>
    public void Forget(long id)
    {
        _last.TryRemove(id, out _);
        _unwritten.TryRemove(id, out _);
    }
}
