using System.Collections.Concurrent;
using System.Collections.Immutable;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;

namespace StatHub.Storage.Commits;

/// <summary>Who gets the hits of a tenant as they are committed. A tenant that nobody follows costs a look-up a batch; nobody who follows can hold a commit up.</summary>
internal sealed class HitFollowers
{
    public static readonly ImmutableDictionary<TenantId, FollowedHits> None = ImmutableDictionary<TenantId, FollowedHits>.Empty;

    private ImmutableDictionary<TenantId, FollowedHits> _followers = None;

    /// <summary>Who follows at this moment.</summary>
    public ImmutableDictionary<TenantId, FollowedHits> Now => Volatile.Read(ref _followers);

    /// <summary>Follows a tenant from the next commit on, in the place of who did before.</summary>
    public FollowedHits Add(TenantId tenant)
    {
        var follower = new FollowedHits(one => ImmutableInterlocked.Update(
            ref _followers, followers => followers.TryGetValue(tenant, out var now) && now == one ? followers.Remove(tenant) : followers));
        ImmutableInterlocked.AddOrUpdate(ref _followers, tenant, follower, (_, _) => follower);
        return follower;
    }

    /// <summary>Gives followers what was committed.</summary>
    /// <param name="followers">Those of the moment of the commit.</param>
    /// <param name="batch">What was committed.</param>
    public static void Tell(ImmutableDictionary<TenantId, FollowedHits> followers, HitBatch batch)
    {
        if (followers.IsEmpty)
            return;
        foreach (var tenant in batch.Tenants)
        {
            if (!followers.TryGetValue(tenant.Tenant.Id, out var follower))
                continue;
            foreach (var day in tenant.Days.Values)
                follower.Add(day);
        }
    }
}

/// <summary>The hits of a tenant from some commit on, until it is disposed of.</summary>
public sealed class FollowedHits : IDisposable
{
    /// <summary>So many bytes of lines may wait for who follows.</summary>
    public const int MostBytes = 32 * 1024 * 1024;

    private readonly ConcurrentQueue<byte[]> _waiting = [];
    private readonly Action<FollowedHits> _end;
    private long _bytes;
    private volatile bool _isLost;

    internal FollowedHits(Action<FollowedHits> end) => _end = end;

    /// <summary>Whether something is missing since too much waited: what was committed has to be read again.</summary>
    public bool IsLost => _isLost;

    /// <summary>Takes stored lines that were committed, each with a newline; false when none wait.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> lines)
    {
        lines = default;
        if (!_waiting.TryDequeue(out var bytes))
            return false;
        Interlocked.Add(ref _bytes, -bytes.Length);
        lines = bytes;
        return true;
    }

    public void Dispose()
    {
        _end(this);
        _waiting.Clear();
    }

    internal void Add(RawLines lines)
    {
        // Only this adds: what waits is no more than is allowed.
        if (_isLost || Interlocked.Read(ref _bytes) + lines.Bytes > MostBytes)
        {
            _isLost = true;
            _waiting.Clear();
            return;
        }
        Interlocked.Add(ref _bytes, lines.Bytes);
        var bytes = new byte[lines.Bytes];
        lines.WriteAsTheyCame(new MemoryStream(bytes));
        _waiting.Enqueue(bytes);
    }
}
