using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Rollups;
using StatHub.Core.Time;
using StatHub.Storage.Hits;
using StatHub.Storage.Rollups;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Verification;
using StatHub.Storage.Visitors;

namespace StatHub.Storage.Commits;

/// <summary>
/// Keeps sums by dimension and visitors behind the commits: they wait in memory and are written a bunch of batches at a time. What a
/// crash takes with it is made again from the segments.
/// </summary>
internal sealed class FollowingRollups(
    Writer writer, SegmentFolder segments, TimeProvider time, StoreOptions options, Action<CommitStep> onStep)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Who writes what waits must be alone in it, or it would be written twice.
    private readonly Lock _gate = new();
    private readonly DimensionWriter _rows = new(writer);
    private readonly VisitorWriter _visitors = new(writer);
    private readonly PackedDays _packed = new(writer.Sql);
    private readonly DimensionReader _dimensions = options.StoredDimensions();
    private byte[] _line = new byte[8192];
    private long _since;
    private long _cleanedDay;

    /// <summary>What is not written yet.</summary>
    public PendingRollups Pending { get; } = new();

    /// <summary>Notes with which patterns clients are told apart from now on.</summary>
    public void NoteClients() => writer.Transaction(() =>
    {
        var version = BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(ClientCatalogue.VersionWith(options.Bots)))) | 1;
        var before = writer.Sql("SELECT value FROM counter WHERE name = 'clients'").Number() ?? 0;
        if (before == version)
            return;
        writer.Sql("UPDATE counter SET value = ?1 WHERE name = 'clients'").Run(version);
        // Hits of up to a day ahead may have been counted.
        if (before != 0)
            writer.Sql("UPDATE counter SET value = ?1 WHERE name = 'clients_since'").Run(MinuteRange.MinuteOf(time.GetUtcNow()) + MinuteRange.PerDay);
    });

    /// <summary>Notes that all raw hits were labelled and told apart with these patterns; not those of days whose raw hits are gone.</summary>
    public void NoteRelabelled() => writer.Transaction(() =>
    {
        var firstDay = writer.Sql("SELECT max(raw_from_day) FROM tenant WHERE registered = 1").Number() ?? 0;
        writer.Sql("UPDATE counter SET value = min(value, ?1) WHERE name IN ('clients_since', 'labelled_since')").Run(firstDay * MinuteRange.PerDay);
    });

    /// <summary>Makes the sums of batches again that were committed and not written here.</summary>
    public void Load(long lastBatch)
    {
        var written = writer.Sql("SELECT value FROM counter WHERE name = 'dimensions'").Number() ?? 0;
        Pending.Clear(written);
        _since = time.GetTimestamp();
        foreach (var batch in MembersBehind(written).GroupBy(member => member.Row.Batch))
        {
            Pending.Add(batch.Key, Read(batch));
            if (IsMuch)
                Write();
        }
        Pending.Add(lastBatch, []);
    }

    /// <summary>Adds a committed batch, and writes what waits when it is much or old.</summary>
    public void Add(long batch, IEnumerable<KeySeries> keys)
    {
        Pending.Add(batch, keys);
        if (IsMuch || time.GetElapsedTime(_since) > LongestWait)
            Write();
    }

    /// <summary>Runs at a moment when everything that is committed is written, and nothing is committed meanwhile.</summary>
    public void WithAllWritten(Action body)
    {
        var began = time.GetTimestamp();
        for (var spin = new SpinWait(); !Alone(() => TryWithAllWritten(body)); spin.SpinOnce())
        {
            // A commit is done whose sums were not added yet.
            if (time.GetElapsedTime(began) > Patience)
                throw new StoreException("The last commit did not come to its end. Try again.");
        }
    }

    /// <summary>Runs while nobody else writes what waits, or commits. Always in this order, so that nobody waits for another who waits for him.</summary>
    public T Alone<T>(Func<T> body)
    {
        lock (_gate)
            return writer.Alone(body);
    }

    /// <summary>Nothing comes at the moment: writes what waits, and removes what is not needed any longer.</summary>
    public void Rest()
    {
        Write();
        writer.Transaction(() => _visitors.Clean(Today));
    }

    /// <summary>Writes what waits.</summary>
    public void Write()
    {
        lock (_gate)
        {
            _since = time.GetTimestamp();
            while (Pending.BeginWriting() is { } sums)
            {
                Write(sums);
                Pending.Written();
            }
        }
    }

    private bool TryWithAllWritten(Action body)
    {
        Write();
        if (Pending.LastBatch != (writer.Sql("SELECT value FROM counter WHERE name = 'batch'").Number() ?? 0))
            return false;
        body();
        return true;
    }

    private bool IsMuch => Pending.Count > options.PendingValues || Pending.Hits > options.PendingHits;

    private long Today => UtcDay.Of(time.GetUtcNow());

    private void Write(PendingRollups.Generation sums) => writer.Transaction(() =>
    {
        var today = Today;
        var packed = _rows.Write(sums);
        _visitors.Write(sums.Visitors, packed, today);
        if (_cleanedDay != today)
            _visitors.Clean(_cleanedDay = today);
        onStep(CommitStep.DimensionsWritten);
    });

    private List<(long Tenant, MemberRow Row)> MembersBehind(long batch)
    {
        var members = new List<(long Tenant, MemberRow Row)>();
        using var rows = writer.Sql("SELECT tenant, first_ms, last_ms, batch, segment, offset, length FROM member WHERE batch > ?1 ORDER BY batch").Rows(batch);
        while (rows.Read())
            members.Add((rows.Long(0), new MemberRow(rows.Long(1), rows.Long(2), rows.Long(3), rows.Long(4), rows.Long(5), rows.Int(6))));
        return members;
    }

    private List<KeySeries> Read(IEnumerable<(long Tenant, MemberRow Row)> members)
    {
        var keys = new List<KeySeries>();
        foreach (var (tenant, row) in members)
        {
            var whole = writer.Sql("SELECT id FROM series WHERE tenant = ?1 AND key = ''").Number(tenant)
                ?? throw new StoreException($"Tenant {tenant} has raw hits and no sums.");
            foreach (var (key, sums) in Read(row))
            {
                // A member is of one day.
                var day = sums.Days.Keys.Single();
                var series = writer.Sql("SELECT id FROM series WHERE tenant = ?1 AND key = ?2").Number(tenant, SqlValue.Utf8(key))
                    ?? throw new StoreException($"A key of tenant {tenant} has raw hits and no sums.");
                var waitsFor = _packed.Batch(series, day) >= row.Batch ? WaitsFor.Tenant : WaitsFor.Both;
                keys.Add(new KeySeries(series, whole, key, sums, waitsFor));
            }
        }
        return keys;
    }

    private IReadOnlyDictionary<byte[], KeySums> Read(MemberRow row)
    {
        var sums = new StoredSums(_dimensions);
        using var member = new MemberReader(segments.OpenToRead(row.Segment), row, null, long.MinValue, long.MaxValue);
        for (member.Advance(); member.Next != long.MaxValue;)
        {
            int length;
            while ((length = member.TakeLine(_line)) == 0)
                _line = new byte[_line.Length * 2];
            if (!sums.TryAdd(_line.AsSpan(0, length - 1)))
                throw new StoreException($"Segment {row.Segment} has a stored line at {row.Offset} that is no hit.");
        }
        return sums.Keys;
    }
}
