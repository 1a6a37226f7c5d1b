using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Storage.Stats;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Stats;

/// <summary>The embedded store against the model: whatever is sent, in whatever order and with whatever restarts, both report the same.</summary>
public sealed class StatsModelTests
{
    private static readonly TenantId[] Tenants = [.. Enumerable.Range(1, 30).Select(number => TenantId.Parse($"t{number}"))];

    private static readonly Gen<long> Number = Gen.Frequency(
        (20, Gen.Choose(-50, 50).Select(number => (long)number)), (1, Gen.Elements(long.MaxValue, long.MinValue, long.MaxValue - 20, long.MinValue + 20)));

    private static readonly Gen<string> Name = Gen.Elements("a", "A", "b", "é", "x-y");

    private static readonly Gen<StatUpdate> Updates =
        from id in Gen.Elements("1", "2", "3")
        from dims in Gen.Elements("country", "user", "os").SelectMany(dim => Gen.Elements("es", "de", "").Select(value => (dim, value))).ListOf().Resize(3)
        from counters in Numbers()
        from increments in Numbers()
        from gauges in Numbers()
        from members in Name.SelectMany(name => Gen.Elements("alice", "bob", "", "ä").Select(member => (name, member))).ListOf().Resize(3)
        select Build(id, dims, counters, increments, gauges, members);

    /// <summary>What happens after all tenants sent an update: nothing, a pause, a restart, a delete.</summary>
    private static readonly Gen<object> Between = Gen.Frequency(
        (6, Gen.Constant((object)"nothing")),
        (3, Gen.Elements(1, 100, 359, 360, 361, 720, 1000).Select(seconds => (object)TimeSpan.FromSeconds(seconds))),
        (2, Gen.Constant((object)"restart")),
        (1, Name.Select(name => (object)name[0])));

    /// <summary>A sequence of updates for each tenant, and what happens between them.</summary>
    private static readonly Gen<(StatUpdate[][] Sequences, object[] Between, int UnwrittenRows)> Histories =
        from sequences in Updates.ArrayOf(10).ArrayOf(Tenants.Length)
        from between in Between.ArrayOf(10)
        from unwrittenRows in Gen.Elements(1, 100, 20_000)
        select (sequences, between, unwrittenRows);

    [Fact]
    public void Whatever_is_sent_the_store_reports_what_the_model_does() =>
        // Tenants send beside one another: 100 histories of 30 sequences each.
        Prop.ForAll(Histories.ToArbitrary(), history =>
        {
            using var both = new Both(history.UnwrittenRows);
            for (var i = 0; i < history.Between.Length; i++)
            {
                both.Send([.. history.Sequences.Select(sequence => sequence[i])]);
                both.Do(history.Between[i]);
                both.Compare();
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Theory]
    [InlineData(1)]
    [InlineData(20_000)]
    public async Task Posters_beside_one_another_give_the_sums_of_one_after_another(int unwrittenRows)
    {
        using var both = new Both(unwrittenRows);
        // Increments and members give the same in any order.
        var updates = Enumerable.Range(0, 3000).Select(i => Build(
            $"{i % 7}", [("country", i % 2 == 0 ? "es" : "de"), ("user", $"{i % 5}")], [], [("k", i), ($"k{i % 3}", 1)], [], [("m", $"{i % 1000}")])).ToList();

        await Task.WhenAll(Enumerable.Range(0, 32).Select(poster => Task.Run(async () =>
        {
            for (var i = poster; i < updates.Count; i += 32)
                (await both.Store.ApplyAsync(Tenants[0], updates[i])).Should().BeNull();
        })));
        foreach (var update in updates)
            await both.Model.ApplyAsync(Tenants[0], update);

        both.Compare();
        both.Do("restart");
        both.Store.Meter.Updates.Should().Be(0);
    }

    private static Gen<List<(string, long)>> Numbers() =>
        Name.SelectMany(name => Number.Select(number => (name, number))).ListOf().Resize(3).Select(list => list.ToList());

    private static StatUpdate Build(
        string id, IEnumerable<(string Dim, string Value)> dims, IEnumerable<(string Name, long Number)> counters, IEnumerable<(string Name, long Number)> increments,
        IEnumerable<(string Name, long Number)> gauges, IEnumerable<(string Name, string Member)> members)
    {
        var builder = new StatUpdateBuilder();
        foreach (var (dim, value) in dims)
            builder.Dim(dim, value);
        foreach (var (name, number) in counters)
            builder.Counter(name, number);
        foreach (var (name, number) in increments)
            builder.Increment(name, number);
        foreach (var (name, number) in gauges)
            builder.Gauge(name, number);
        foreach (var (name, member) in members)
            builder.Member(name, member);
        builder.TryBuild(id, out var update).Should().BeTrue(builder.Error);
        return update!;
    }

    /// <summary>The store and the model, which get the same.</summary>
    private sealed class Both : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("stathub stats ").FullName;
        private readonly ManualTime _time = new(DateTimeOffset.FromUnixTimeSeconds(1_788_004_800));
        private readonly int _unwrittenRows;

        public Both(int unwrittenRows)
        {
            _unwrittenRows = unwrittenRows;
            Store = Open();
            Model = new MemoryStats(_time, GaugeBucket.UsualLength);
        }

        public SqliteStats Store { get; private set; }

        public MemoryStats Model { get; }

        /// <summary>An update of each tenant, all at once.</summary>
        public void Send(StatUpdate[] updates)
        {
            var answers = updates.Select((update, i) => Store.ApplyAsync(Tenants[i], update)).ToList();
            for (var i = 0; i < updates.Length; i++)
            {
                var refused = answers[i].GetAwaiter().GetResult() is not null;
                refused.Should().Be(Model.ApplyAsync(Tenants[i], updates[i]).GetAwaiter().GetResult() is not null);
            }
        }

        public void Do(object step)
        {
            switch (step)
            {
                case TimeSpan pause:
                    _time.Now += pause;
                    break;
                case char text:
                    Store.DeleteAsync(Tenants[0], $"{text}").GetAwaiter().GetResult().Should().Be(Model.DeleteAsync(Tenants[0], $"{text}").GetAwaiter().GetResult());
                    break;
                case "restart":
                    Store.Dispose();
                    Store = Open();
                    break;
            }
        }

        public void Compare()
        {
            foreach (var tenant in Tenants)
            {
                Store.Read(tenant, null).Text().Should().Be(Model.Read(tenant, null).Text());
                Store.Read(tenant, "country").Text().Should().Be(Model.Read(tenant, "country").Text());
            }
        }

        public void Dispose()
        {
            Store.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        private SqliteStats Open() => new(_folder, new StatsSettings { UnwrittenRows = _unwrittenRows }, _ => true, _time);
    }
}
