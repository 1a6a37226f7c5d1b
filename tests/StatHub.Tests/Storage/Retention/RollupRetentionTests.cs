using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Retention;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage.Retention;

public sealed class RollupRetentionTests : IDisposable
{
    // It is 2026-09-21, and two months are kept: July and August.
    private const int August = 40;
    private const int July = 75;
    private const int June = 100;
    private const int May = 130;

    private static readonly HitScope Demo = new(RetainedFolder.Demo);

    private readonly RetainedFolder _retained = new();

    public RollupRetentionTests() => Keep(2);

    public void Dispose() => _retained.Dispose();

    private StoreFolder Folder => _retained.Folder;

    [Fact]
    public void Sums_of_whole_months_go_and_those_of_later_ones_stay()
    {
        foreach (var daysAgo in (int[])[0, August, July, June, May])
            _retained.Ingest(daysAgo, 20);
        _retained.Ingest(June, 5, "other");
        Folder.Store.Retention.Run().Should().Be(4);
        Folder.Store.Tenants.Find(RetainedFolder.Demo)!.SumsFrom.Should().BeNull();
        var before = Answers();

        Folder.Store.RollupRetention.Run().Should().Be(2);

        Folder.Hits().Should().Be(60);
        Folder.Hits("other").Should().Be(5);
        Answers().Should().BeEquivalentTo(before);
        Folder.Store.Tenants.Find(RetainedFolder.Demo)!.SumsFrom.Should().Be(new DateOnly(2026, 7, 1));
        _retained.Files.Should().BeEquivalentTo($"demo/{_retained.Date(August)}.6.jsonl.gz", $"demo/{_retained.Date(July)}.6.jsonl.gz");
        Folder.Ledger("demo")["counted"].Should().Be(100);
        _retained.Verify().IsClean.Should().BeTrue();
        Folder.Store.RollupRetention.Run().Should().Be(0);
    }

    [Theory]
    [InlineData("day", "day", 1)]
    [InlineData("visitor_day", "day", 1)]
    [InlineData("dimension_day", "day", 1)]
    [InlineData("hour", "hour", 24)]
    [InlineData("visitor_hour", "hour", 24)]
    public void No_row_of_a_month_that_went_is_left(string table, string unit, int unitsPerDay)
    {
        foreach (var daysAgo in (int[])[0, June])
            _retained.Ingest(daysAgo, 20);
        Run();

        var first = UtcDay.Of(new DateOnly(2026, 7, 1)) * unitsPerDay;
        var isOfDemo = "series IN (SELECT id FROM series WHERE tenant = 1)";
        Folder.Sql($"SELECT count(*) FROM {table} WHERE {unit} < {first} OR series NOT IN (SELECT id FROM series)").Should().Be("0");
        Folder.Sql($"SELECT count(*) > 0 FROM {table} WHERE {isOfDemo}").Should().Be("1");
        Folder.Sql($"SELECT count(*) FROM month WHERE month < {2026 * 12 + 6}").Should().Be("0");
        Folder.Sql($"SELECT count(*) FROM dimension_month WHERE month < {2026 * 12 + 6}").Should().Be("0");
    }

    [Fact]
    public void A_key_without_months_goes_and_is_counted_from_nothing_when_it_comes_again()
    {
        Ingest(June, "old", "both");
        Ingest(0, "both");
        Run();

        Keys().Should().Equal(("both", 1));

        Ingest(0, "old");
        Ingest(0, "old", "both");
        Keys().Should().Equal(("both", 2), ("old", 2));
        Folder.Store.Dimensions.Top(Demo, new DimensionName(Dimension.Key), new DayRange(0, long.MaxValue)).Total.Hits.Should().Be(4);
        _retained.Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public void Keys_that_went_make_room_for_others_and_there_are_never_more_than_there_may_be()
    {
        _retained.Change(demo => demo with { KeyLimit = 3 });
        Ingest(June, "a", "b", "c", "d");
        Ingest(0, "c");
        Keys().Should().Equal(("/other", 1), ("a", 1), ("b", 1), ("c", 2));
        Run();

        Ingest(0, "x");
        Ingest(0, "y", "a", "b");

        Keys().Should().Equal(("/other", 2), ("c", 1), ("x", 1), ("y", 1));
    }

    [Fact]
    public void Hits_that_come_late_for_a_month_that_went_are_counted_and_go_with_the_next_run()
    {
        Ingest(June, "a", "b");
        Run();
        Ingest(June, "a");
        Folder.Hits().Should().Be(1);
        _retained.Verify().IsClean.Should().BeTrue();

        Run().Should().Be(1);

        Folder.Hits().Should().Be(0);
        _retained.Files.Should().BeEmpty();
        Folder.Ledger("demo")["counted"].Should().Be(3);
        Folder.Sql("SELECT hits_gone FROM tenant WHERE name = 'demo'").Should().Be("3");
        _retained.Verify().IsClean.Should().BeTrue();
        Folder.Restart();
        _retained.Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public void Sums_stay_while_there_are_raw_hits_of_their_month_or_before()
    {
        Ingest(June, "a");
        Ingest(May, "a");

        Folder.Store.RollupRetention.Run().Should().Be(0);
        Folder.Hits().Should().Be(2);
        Folder.Store.Tenants.Find(RetainedFolder.Demo)!.SumsFrom.Should().BeNull();

        Run().Should().Be(2);
    }

    [Fact]
    public void Hits_that_come_for_a_month_that_is_going_keep_it_for_the_next_run()
    {
        Ingest(June, "a");
        Folder.Store.Retention.Run();
        Folder.OnRetentionStep = step =>
        {
            if (step == RetentionStep.RangeNoted)
                Ingest(June, "a");
        };

        Folder.Store.RollupRetention.Run().Should().Be(0);

        Folder.Hits().Should().Be(2);
        _retained.Files.Should().ContainSingle();
        _retained.Verify().IsClean.Should().BeTrue();
        Folder.OnRetentionStep = null;
        Run().Should().Be(1);
        _retained.Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public void Much_goes_some_rows_at_a_time_while_hits_are_counted_and_everything_agrees()
    {
        // Some ten thousand rows: a new key has two.
        Ingest(June, [.. Enumerable.Range(0, 5000).Select(number => $"old{number}")]);
        Folder.Store.Retention.Run();
        var (pieces, clean) = (0, true);
        Folder.OnRetentionStep = step =>
        {
            if (step != RetentionStep.RowsGone)
                return;
            pieces++;
            Ingest(0, "new", $"old{pieces}");
            clean &= _retained.Verify().IsClean;
        };

        Folder.Store.RollupRetention.Run().Should().Be(1);

        pieces.Should().BeGreaterThan(2);
        clean.Should().BeTrue();
        Folder.Hits("demo", "new").Should().Be(pieces);
        Folder.Hits().Should().Be(2 * pieces);
        Keys().Should().HaveCount(1 + pieces);
        Folder.Ledger("demo")["counted"].Should().Be(5000 + 2 * pieces);
    }

    [Fact]
    public void An_erase_while_sums_go_leaves_nothing_and_who_comes_again_has_all_sums()
    {
        Ingest(June, [.. Enumerable.Range(0, 600).Select(number => $"old{number}")]);
        Folder.Store.Retention.Run();
        Folder.OnRetentionStep = step =>
        {
            if (step == RetentionStep.RowsGone)
                Folder.Store.Tenants.Erase(RetainedFolder.Demo);
        };

        Folder.Store.RollupRetention.Run();

        _retained.Files.Should().BeEmpty();
        Folder.Sql("SELECT count(*) FROM series WHERE tenant = 1").Should().Be("0");
        Folder.Time.Now = Folder.Time.Now.AddMinutes(1);
        Folder.Store.Tenants.TryCreate(new Tenant(RetainedFolder.Demo, "again", null, Folder.Time.Now)).Should().BeTrue();
        Folder.Store.Tenants.Find(RetainedFolder.Demo)!.Should().Be(new Tenant(RetainedFolder.Demo, "again", null, Folder.Time.Now));
        Ingest(0, "a");
        _retained.Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public void Who_keeps_sums_for_ever_keeps_what_is_there()
    {
        Ingest(June, "a");
        Keep(null);

        Run().Should().Be(0);

        Folder.Hits().Should().Be(1);
        _retained.Files.Should().ContainSingle();
    }

    /// <summary>Lets go of raw hits, then of sums.</summary>
    private int Run()
    {
        Folder.Store.Retention.Run();
        return Folder.Store.RollupRetention.Run();
    }

    private void Keep(int? months) => _retained.Change(demo => demo with { RollupMonths = months });

    private void Ingest(int daysAgo, params string[] keys)
    {
        Folder.AppendLines([.. keys.Select(key => JournalLine.Of("demo", key, Folder.Time.Now.AddDays(-daysAgo)))]);
        Folder.Store.Tail.Run(CancellationToken.None);
    }

    private IEnumerable<(string, long)> Keys() =>
        Folder.Store.Counts.Keys(RetainedFolder.Demo, "", null, 10_000).Select(key => (key.Key.ToString(), key.Hits));

    /// <summary>What is answered of the months that stay.</summary>
    private List<object> Answers()
    {
        var days = new DayRange(UtcDay.Of(new DateOnly(2026, 7, 1)), UtcDay.Of(new DateOnly(2026, 10, 1)));
        var answers = new List<object>();
        foreach (var scope in (HitScope[])[Demo, new(RetainedFolder.Demo, HitKey.Parse("key \"1\""))])
        {
            answers.Add(Folder.Store.Counts.Count(scope, days.Minutes));
            answers.Add(Folder.Store.Counts.Series(scope, [.. Enumerable.Range(0, 93).Select(day => (days.From + day) * MinuteRange.PerDay)]));
            answers.Add(Folder.Store.Dimensions.Top(scope, new DimensionName(Dimension.Own, "plan"), days).ByHits().Select(value => (Convert.ToHexString(value.Name.Span), value.Sums)).ToList());
        }
        return answers;
    }
}
