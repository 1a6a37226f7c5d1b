using System.Collections.Concurrent;
using StatHub.Core.Rollups;
using StatHub.Core.Sketches;
using StatHub.Storage.Rollups;

namespace StatHub.Storage.Commits;

/// <summary>
/// Days of few hits that a batch begins, each packed (<see cref="PackedDay"/>). With many keys there are tens of thousands of them in a batch, so they are packed
/// side by side before the transaction, whose statements only one thread can run.
/// </summary>
/// <param name="batch">The number of the batch: what is packed has it.</param>
internal sealed class NewDays(long batch)
{
    private const int SideBySide = 256;

    private readonly Dictionary<KeySums, NewDay> _packed = new(ReferenceEqualityComparer.Instance);
    private readonly PackedDayWriter _writer = new();

    /// <summary>The number of the batch.</summary>
    public long Batch => batch;

    /// <summary>Packs days; each must be the only one of its sums, and have few hits.</summary>
    public void Pack(IReadOnlyList<(int Day, KeySums Sums)> days)
    {
        if (days.Count == 0)
            return;
        var packed = new NewDay[days.Count];
        Parallel.ForEach(Partitioner.Create(0, days.Count, SideBySide), range =>
        {
            var writer = new PackedDayWriter();
            for (var i = range.Item1; i < range.Item2; i++)
                packed[i] = Pack(writer, days[i].Day, days[i].Sums);
        });
        for (var i = 0; i < packed.Length; i++)
            _packed.Add(days[i].Sums, packed[i]);
    }

    /// <summary>A day of few hits, whether it was packed before or not.</summary>
    public NewDay Of(int day, KeySums sums) => _packed.TryGetValue(sums, out var packed) ? packed : Pack(_writer, day, sums);

    private static NewDay Pack(PackedDayWriter writer, int day, KeySums sums) => sums.TryFindOnlyHit(out var hit)
        ? new(writer.Write(hit).ToArray(), hit.Visitor is null ? 0 : 1)
        : new(writer.Write(sums.Days[day], sums.Visitors).ToArray(), HyperLogLog.EstimateOf(sums.Visitors.Values));
}

/// <summary>A day of few hits.</summary>
/// <param name="Packed">Its dimensions and sketches.</param>
/// <param name="Visitors">How many came.</param>
internal readonly record struct NewDay(byte[] Packed, long Visitors);
