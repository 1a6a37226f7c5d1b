using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.ObjectPool;
using StatHub.Core.Events;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Storage.Events;
using EventId = StatHub.Core.Events.EventId;

namespace StatHub.Server.Events;

/// <summary>Takes events: they are on disk, as lines of the journal, before the caller hears of it.</summary>
internal sealed class EventIntake(EventJournal events, StoredEvents stored, IdempotencyKeys keys, IJournal journal, TimeProvider time)
{
    private const int LargestKept = 1024 * 1024;
    private static readonly int MostIdle = 4 * Environment.ProcessorCount;

    private readonly DefaultObjectPool<EventReader> _readers = new(new SmallReaders(), MostIdle);
    private readonly ConcurrentDictionary<(TenantId Tenant, string Key), SemaphoreSlim> _underWay = new();
    private long _accepted;
    private long _refused;
    private long _failed;

    public long Accepted => Interlocked.Read(ref _accepted);

    public long Refused => Interlocked.Read(ref _refused);

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>What was wrong with the last write; null when it succeeded.</summary>
    public string? Problem => events.Problem;

    /// <summary>Takes what a client sent, whole or not at all.</summary>
    /// <exception cref="EventJournalException">It could not be brought to disk, or it is not known yet whether it is there already.</exception>
    public Task<IntakeAnswer> TakeAsync(EventBody body, EventForm form, TenantId tenant, string? key, CancellationToken cancellationToken) =>
        key is null ? TakeOnceAsync(body, form, tenant, cancellationToken) : TakeKeyedAsync(body, form, tenant, key, cancellationToken);

    /// <summary>Writes an event of a tenant; false when there is none of that name, neither in the store nor in the journal.</summary>
    /// <exception cref="EventJournalException">The journal cannot be read through just now.</exception>
    public async Task<bool> TryFindAsync(TenantId tenant, string id, ArrayBufferWriter<byte> target, CancellationToken cancellationToken)
    {
        if (stored.TryWrite(tenant, id, target))
            return true;
        await WaitForFreshAsync(cancellationToken);
        return stored.TryWrite(tenant, id, target);
    }

    private async Task<IntakeAnswer> TakeOnceAsync(EventBody body, EventForm form, TenantId tenant, CancellationToken cancellationToken)
    {
        var reader = _readers.Get();
        Task<IntakeAnswer> appended;
        try
        {
            var now = time.GetUtcNow();
            if (!reader.TryRead(body.Bytes, form, tenant, now))
                return Refuse(reader);
            if (reader.ChosenIds.Count > 0 && await StoredAmongAsync(tenant, reader.ChosenIds, cancellationToken) is { Count: > 0 } known)
                reader.TryRead(body.Bytes, form, tenant, now, new EventNaming(Name: null, known.Contains));
            appended = AppendAsync(reader);
        }
        finally
        {
            _readers.Return(reader);
        }
        return await appended;
    }

    /// <summary>One after the other where several have the same key.</summary>
    private async Task<IntakeAnswer> TakeKeyedAsync(EventBody body, EventForm form, TenantId tenant, string key, CancellationToken cancellationToken)
    {
        var mine = new SemaphoreSlim(0, 1);
        SemaphoreSlim other;
        while ((other = _underWay.GetOrAdd((tenant, key), mine)) != mine)
        {
            // Who is before hands on to whoever waits.
            await other.WaitAsync(cancellationToken);
            other.Release();
        }
        var reader = _readers.Get();
        try
        {
            return await TakeNotedAsync(body, form, tenant, key, reader, cancellationToken);
        }
        finally
        {
            _readers.Return(reader);
            _underWay.TryRemove((tenant, key), out _);
            mine.Release();
        }
    }

    private async Task<IntakeAnswer> TakeNotedAsync(
        EventBody body, EventForm form, TenantId tenant, string key, EventReader reader, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // What is wrong is told before anything is noted: a corrected body may have the same key.
        if (!reader.TryRead(body.Bytes, form, tenant, now))
            return Refuse(reader);
        var batch = keys.FindOrBegin(tenant, key, body.Bytes, now);
        if (!batch.IsSameBody)
            return IntakeAnswer.KeyWasReused;
        // Of a batch that was begun and not ended some events may be on disk: the others are added.
        if (!batch.IsNew && !batch.IsDone)
            await WaitForFreshAsync(cancellationToken);
        var known = await StoredAmongAsync(tenant, reader.ChosenIds, cancellationToken);
        reader.TryRead(body.Bytes, form, tenant, batch.At, new EventNaming(
            (index, at) => EventId.MakeRepeatable(batch.Seed, index, at),
            id => batch.IsDone || known.Contains(id) || (!batch.IsNew && IsStored(tenant, id))));
        var answer = await AppendAsync(reader);
        if (!batch.IsDone)
            keys.End(tenant, key);
        return answer;
    }

    /// <summary>Names that the service made, and a client sends again: the events that they were made for have no other trace of them.</summary>
    private async Task<HashSet<string>> StoredAmongAsync(TenantId tenant, IReadOnlyList<string> chosen, CancellationToken cancellationToken)
    {
        var made = chosen.Where(id => EventId.TryInstant(id, out _)).ToHashSet(StringComparer.Ordinal);
        if (made.All(id => IsStored(tenant, id)))
            return made;
        await WaitForFreshAsync(cancellationToken);
        made.RemoveWhere(id => !IsStored(tenant, id));
        return made;
    }

    private bool IsStored(TenantId tenant, string id) => stored.TryWrite(tenant, id, new ArrayBufferWriter<byte>());

    private async Task WaitForFreshAsync(CancellationToken cancellationToken)
    {
        if (!await journal.WaitForFreshAsync(cancellationToken))
            throw new EventJournalException("What was sent before is not counted yet. Try again later.");
    }

    /// <summary>Brings what was read to disk. The reader is free when this returns: others read with it while this one waits for the disk.</summary>
    private async Task<IntakeAnswer> AppendAsync(EventReader reader)
    {
        var answer = new IntakeAnswer([.. reader.Ids], reader.IsArray);
        if (reader.Lines.IsEmpty)
            return answer;
        try
        {
            await events.AppendAsync(reader.Lines.Span);
            Interlocked.Add(ref _accepted, answer.Ids.Count);
            return answer;
        }
        catch (EventJournalException)
        {
            Interlocked.Add(ref _failed, answer.Ids.Count);
            throw;
        }
    }

    private IntakeAnswer Refuse(EventReader reader)
    {
        Interlocked.Increment(ref _refused);
        return new IntakeAnswer([], reader.IsArray, [.. reader.Errors]);
    }

    /// <summary>A reader that read much keeps the memory for it, and is let go of.</summary>
    private sealed class SmallReaders : PooledObjectPolicy<EventReader>
    {
        public override EventReader Create() => new();

        public override bool Return(EventReader obj) => obj.Lines.Length < LargestKept;
    }
}

/// <summary>What became of events.</summary>
/// <param name="Ids">The names of those that are on disk.</param>
/// <param name="IsArray">Whether they came as an array.</param>
/// <param name="Errors">What is wrong with them; null when nothing is.</param>
/// <param name="IsKeyReused">Whether their key was that of something else.</param>
internal sealed record IntakeAnswer(IReadOnlyList<string> Ids, bool IsArray, IReadOnlyList<EventError>? Errors = null, bool IsKeyReused = false)
{
    public static readonly IntakeAnswer KeyWasReused = new([], IsArray: false, IsKeyReused: true);
}
