using Microsoft.Data.Sqlite;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Events;
using StatHub.Storage.Journal;
using StatHub.Storage.Rollups;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Commits;

/// <summary>
/// Applies a batch: members to the young segment, fsync, then rollups, ledger, catalogue and journal offsets in one
/// transaction. Only what that transaction says has happened. After any failure everything is loaded again from it.
/// </summary>
internal sealed class Committer : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly Writer _writer;
    private readonly SegmentFolder _segments;
    private readonly SqliteTenants _tenants;
    private readonly TimeProvider _time;
    private readonly Action<CommitStep> _onStep;
    private readonly RollupWriter _rollups;
    private readonly LedgerWriter _ledger;
    private readonly Catalogue _catalogue;
    private readonly FollowingRollups _following;
    private readonly PositionTable _positionTable;
    private readonly List<KeySeries> _keys = [];
    private SegmentWriter? _young;
    private JournalPositions? _positions;
    private int _generation;
    private long _lastBatch;
    private long _lastCommit;

    public Committer(Writer writer, ReadPool readers, SegmentFolder segments, SqliteTenants tenants, TimeProvider time, StoreOptions options)
    {
        (_writer, _segments, _tenants, _time, _onStep) = (writer, segments, tenants, time, options.OnCommitStep ?? (_ => { }));
        _rollups = new RollupWriter(writer);
        Bounds = new TenantBounds(readers);
        _ledger = new LedgerWriter(writer);
        _catalogue = new Catalogue(writer);
        _following = new FollowingRollups(writer, segments, time, options, _onStep);
        _positionTable = new PositionTable(writer);
    }

    /// <summary>Committed positions; loaded again after a failure.</summary>
    public JournalPositions Positions => _positions ?? throw new InvalidOperationException("Load comes first.");

    /// <summary>What tenants may still have.</summary>
    public TenantBounds Bounds { get; }

    /// <summary>Who gets the hits of a tenant as they are committed.</summary>
    public HitFollowers Followers { get; } = new();

    /// <summary>Sums by dimension that are not in the database yet.</summary>
    public PendingRollups PendingRollups => _following.Pending;

    /// <summary>Notes with which patterns clients are told apart from now on.</summary>
    public void NoteClients() => _following.NoteClients();

    /// <summary>Notes that all raw hits were labelled and told apart with these patterns.</summary>
    public void NoteRelabelled() => _following.NoteRelabelled();

    /// <summary>Runs at a moment when everything that is committed is in the database.</summary>
    public void WithAllWritten(Action body) => _following.WithAllWritten(body);

    /// <summary>Loads what is committed, unless it is loaded.</summary>
    public void Load() => _following.Alone(() =>
    {
        if (_positions is not null && _generation == _writer.Generation)
            return false;
        _young?.Dispose();
        _rollups.Forget();
        Bounds.Forget();
        var lengths = SegmentLengths();
        _lastBatch = _writer.Sql("SELECT value FROM counter WHERE name = 'batch'").Number() ?? 0;
        _segments.Recover(lengths, _lastBatch);
        var last = Math.Max(lengths.Keys.DefaultIfEmpty().Max(), _writer.Sql("SELECT value FROM counter WHERE name = 'segment'").Number() ?? 0);
        _young = new SegmentWriter(_segments, last, lengths.GetValueOrDefault(last));
        _following.Load(_lastBatch);
        _positions = _positionTable.Load();
        _generation = _writer.Generation;
        return true;
    });

    /// <summary>
    /// Commits a batch. False when a tenant of its changed since it was read: nothing has happened then, and it is read again.
    /// </summary>
    /// <param name="batch">What it adds.</param>
    /// <param name="readWith">The tenants that its lines were looked up in.</param>
    /// <param name="stretches">For each of its journal files, where it began and where it ends now.</param>
    public bool TryCommit(HitBatch batch, TenantDirectory readWith, IReadOnlyList<(JournalPosition From, JournalPosition To)> stretches)
    {
        _onStep(CommitStep.BatchRead);
        try
        {
            return Commit(batch, readWith, stretches);
        }
        catch
        {
            // Members that were appended, positions, the number of the batch: all of it comes from the store again.
            _positions = null;
            throw;
        }
    }

    /// <summary>A journal file was removed from its folder.</summary>
    public void Gone(IReadOnlyList<JournalPosition> removed)
    {
        if (removed.Count == 0)
            return;
        _onStep(CommitStep.JournalFileRemoved);
        _writer.Transaction(() => _positionTable.MarkGone(removed, _time.GetUtcNow()));
        foreach (var position in removed)
            Positions.Remove(position);
    }

    /// <summary>The number of the segment that is written to.</summary>
    public long YoungSegment => _young?.Segment ?? 0;

    /// <summary>Nothing more is written to a segment.</summary>
    public void EndSegment(long segment) => _writer.Alone(() =>
    {
        if (_young?.Segment == segment)
            _young.End();
        return true;
    });

    /// <summary>While nothing comes that would take them along, sums by dimension do not wait longer than otherwise.</summary>
    public void Rest()
    {
        if (_following.Pending.Count > 0 && _time.GetElapsedTime(_lastCommit) > LongestWait)
            _following.Rest();
    }

    public void Dispose()
    {
        WriteFollowing();
        _young?.Dispose();
    }

    /// <summary>A start that finds them written has nothing to make again.</summary>
    private void WriteFollowing()
    {
        try
        {
            if (_positions is not null && _generation == _writer.Generation)
                _following.Write();
        }
        catch (SqliteException)
        {
            // The next start makes them from the segments.
        }
    }

    private bool Commit(HitBatch batch, TenantDirectory readWith, IReadOnlyList<(JournalPosition From, JournalPosition To)> stretches)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var number = _lastBatch + 1;
        var entries = Catalogue.SumAndCompress(batch, number);
        var plan = _rollups.Plan(batch, number);
        _onStep(CommitStep.MembersCompressed);

        _keys.Clear();
        var followers = HitFollowers.None;
        var committed = _writer.Transaction(() =>
        {
            var tenants = _tenants.Directory;
            if (!Agree(batch, readWith, tenants))
                return null;
            var identity = Identity(batch, number, now, stretches).ToExtraFields().Select(extra => GzipMember.Compress([], extra, default)).ToList();
            var offset = Append(UtcDay.OfMilliseconds(now), identity, entries);
            _rollups.Begin(tenants);
            if (!_rollups.IsCurrent(plan))
                plan = _rollups.Plan(batch, number);
            // In about the order of their rows: of thousands each would need pages of its own otherwise.
            foreach (var tenant in batch.Tenants.OrderBy(one => one.Tenant.Number))
            {
                _rollups.Write(tenant.Tenant.Number, plan, _keys);
                EventTable.Add(_writer, tenant.Tenant.Number, tenant.Events);
            }
            _onStep(CommitStep.RollupsWritten);
            _ledger.Write(batch, now);
            _onStep(CommitStep.LedgerWritten);
            _catalogue.Write(entries, number, _young!.Segment, offset + identity.Sum(member => member.Length));
            _writer.Sql("INSERT INTO segment (id, length) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET length = excluded.length")
                .Run(_young.Segment, _young.Written);
            _writer.Sql("UPDATE counter SET value = ?1 WHERE name = 'batch'").Run(number);
            _onStep(CommitStep.CatalogueWritten);
            var saved = stretches.Select(stretch => _positionTable.Save(stretch.To)).ToList();
            _onStep(CommitStep.OffsetsWritten);
            followers = Followers.Now;
            return saved;
        });
        if (committed is null)
            return false;
        _onStep(CommitStep.Committed);
        HitFollowers.Tell(followers, batch);
        _young!.Committed();
        _lastBatch = number;
        _lastCommit = _time.GetTimestamp();
        foreach (var position in committed)
            Positions.Set(position);
        _following.Add(number, _keys);
        _keys.Clear();
        plan.Dispose();
        _onStep(CommitStep.DimensionsAdded);
        return true;
    }

    /// <summary>
    /// Whether its tenants are still what they were when it was read. Others do not matter: a line that named nobody was written before
    /// anybody was registered by that name since.
    /// </summary>
    private static bool Agree(HitBatch batch, TenantDirectory readWith, TenantDirectory now) => ReferenceEquals(readWith, now)
        || batch.Tenants.All(tenant => now.TryFind(tenant.Tenant.Name, out var entry) && ReferenceEquals(entry, tenant.Tenant));

    private long Append(long day, List<ReadOnlyMemory<byte>> identity, IReadOnlyList<Catalogue.Entry> entries)
    {
        var offset = _young!.Append(day, [.. identity, .. entries.Select(entry => entry.Member)]);
        _onStep(CommitStep.SegmentAppended);
        _young.Sync();
        _onStep(CommitStep.SegmentSynced);
        return offset;
    }

    private static BatchHeader Identity(HitBatch batch, long number, long now, IReadOnlyList<(JournalPosition From, JournalPosition To)> stretches) => new(
        BatchHeader.CurrentVersion,
        number,
        now,
        [.. stretches.Select(one => new JournalStretch(one.To.Name, one.To.Inode, one.To.Head.Length, one.To.Head.Hash, one.From.Offset, one.To.Offset))],
        [.. Outcomes(null, batch.Unowned).Concat(batch.Tenants.SelectMany(tenant => Outcomes(tenant.Tenant.Id.ToString(), tenant.Outcomes)))]);

    private static IEnumerable<OutcomeCount> Outcomes(string? tenant, long[] outcomes) =>
        from i in Enumerable.Range(0, outcomes.Length)
        where outcomes[i] > 0
        select new OutcomeCount(tenant, ((RejectReason)i).Name(), outcomes[i]);

    private Dictionary<long, long> SegmentLengths()
    {
        var lengths = new Dictionary<long, long>();
        using var rows = _writer.Sql("SELECT id, length FROM segment").Rows();
        while (rows.Read())
            lengths.Add(rows.Long(0), rows.Long(1));
        return lengths;
    }
}
