using StatHub.Core.Dimensions;
using StatHub.Core.Journal;
using StatHub.Core.Privacy;
using StatHub.Core.Time;
using StatHub.Storage.Commits;
using StatHub.Storage.Rollups;
using StatHub.Tests.Journal;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage;

public sealed class PendingRollupsTests
{
    private const int Hits = 900;

    private static readonly DimensionName Browser = new(Dimension.Browser);
    private static readonly DimensionName Path = new(Dimension.ReferrerPath);

    [Fact]
    public async Task What_is_being_written_is_the_same_for_those_who_ask_meanwhile()
    {
        for (var round = 0; round < 40; round++)
        {
            var pending = new PendingRollups();
            using var batch = Batch();
            var (key, sums) = batch.Tenants.Single().Keys.Single();
            pending.Add(1, [new KeySeries(2, 1, key, sums)]);
            var writing = pending.BeginWriting()!;
            using var start = new Barrier(2);

            var written = Task.Run(() =>
            {
                start.SignalAndWait();
                return writing.Days.Values.SelectMany(entry => entry.Sums.All).ToDictionary(one => one.Dimension, one => one.Values.Sum(value => value.Value.Hits));
            });
            var asked = Task.Run(() =>
            {
                start.SignalAndWait();
                return (Found(pending, 2, Browser), Found(pending, 1, Path));
            });

            (await asked).Should().Be((Hits, Hits));
            (await written)[Dimension.Browser].Should().Be(Hits);
            (await written)[Dimension.ReferrerPath].Should().Be(Hits);
            Found(pending, 2, Browser).Should().Be(Hits);
        }
    }

    private static long Found(PendingRollups pending, long series, DimensionName dimension) =>
        pending.Find(series, dimension, new DayRange(0, long.MaxValue)).Sum(part => part.Sums.Sum(one => one.Sums.Hits));

    /// <summary>With so many referrers that reading them takes a while.</summary>
    private static HitBatch Batch()
    {
        var builder = new HitBatchBuilder(Lines.Tenants(), new DimensionReader(), PrivacyRules.Default, new MemorySalts(), new NoBounds(), Lines.Now);
        for (var hit = 0; hit < Hits; hit++)
            builder.Add(Lines.Bytes(Lines.Hit(agent: $"Mozilla/5.0 (X11; Linux x86_64; rv:1{hit % 60}.0) Gecko/20100101 Firefox/1{hit % 60}.0", args: $"r=https://news.example.net/{hit}")), Lines.Live, "hits.log", 0);
        return builder.Batch;
    }
}
