using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;
using StatHub.Storage.Rollups;
using StatHub.Tests.Journal;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage;

public sealed class PackedHoursTests : IDisposable
{
    private const int Day = 20_542;

    // The example of docs/formats/rollups.md: that of minutes at 9 o'clock, and a hit at 23:59.
    private const string Example = "01 09 08 03 17 10 01 C0 8D B7 01 17 03 03 09 3B";

    private readonly ComparedFolder _compared = new();
    private int _visitors;

    private StoreFolder Folder => _compared.Folder;

    private MemoryStore Memory => _compared.Memory;

    public void Dispose() => _compared.Dispose();

    [Fact]
    public void They_are_written_as_documented_and_read_in_their_order()
    {
        var (nine, last) = (new MinuteSums(), new MinuteSums());
        nine.Add(16, 2, 1, 3_500_000);
        last.Add(59, 1, 0, 1_000_000);

        var bytes = PackedHours.Write(new KeyValuePair<int, MinuteSums>[] { new(Day * 24 + 23, last), new(Day * 24 + 9, nine) });

        bytes.Should().Equal(Bytes(Example));
        PackedHours.Read(Day, bytes).Select(hour => hour.Hour).Should().Equal(Day * 24 + 9, Day * 24 + 23);
        PackedHours.Read(Day, bytes).Select(hour => hour.Minutes).Should().BeEquivalentTo([MinuteBlob.Write(nine), MinuteBlob.Write(last)]);
    }

    [Fact]
    public void Hours_that_are_added_are_in_the_sums_of_those_that_were_there()
    {
        var (nine, ten) = (new MinuteSums(), new MinuteSums());
        nine.Add(16, 1, 0, 1_000_000);
        ten.Add(0, 3, 2, -5);

        var union = PackedHours.Union(Day, Bytes(Example), [new(Day * 24 + 10, ten), new(Day * 24 + 9, nine)]);

        union.Select(hour => (hour.Key - Day * 24, hour.Value.Total())).Should().Equal(
            (9, new Tally(3, 1, new ValueSum(4_500_000))), (10, new Tally(3, 2, new ValueSum(-5))), (23, new Tally(1, 0, new ValueSum(1_000_000))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("02")]
    [InlineData("01 18 03 03 09 3B")]
    [InlineData("01 09 04 03 09 3B")]
    [InlineData("01 09 FF FF FF FF 0F 03")]
    [InlineData("01 09 03 03 09 3B 09 03 03 09 3B")]
    [InlineData("01 0A 03 03 09 3B 09 03 03 09 3B")]
    public void What_cannot_be_is_refused(string bytes) => FluentActions.Invoking(() => PackedHours.Read(Day, Bytes(bytes))).Should().Throw<StoreException>();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_range_and_any_buckets_give_the_sums_of_a_plain_list_while_some_days_are_packed_and_others_are_not(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 12; round++)
        {
            // Days of few hits, some of which get more in a later round, and months with and without such days.
            Ingest([.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Line(random))]);
            if (round % 4 == 1)
                Folder.Restart();
            Compare(Folder.Store, random);
            if (round % 4 != 2)
                continue;
            var copy = Folder.CopyAsKilled();
            using (var store = Store.Open(new StoreOptions { DataPath = copy }, Folder.Time))
            {
                Compare(store, random);
                store.Verifier.Verify(null, new DayRange(0, long.MaxValue), _ => { }, CancellationToken.None).IsClean.Should().BeTrue();
            }
            Directory.Delete(copy, recursive: true);
        }
        Folder.Restart();
        Compare(Folder.Store, random);
        Folder.Verify().IsClean.Should().BeTrue();
        HasRowsWhereItShould();
    }

    [Fact]
    public void A_day_of_before_schema_7_keeps_the_rows_of_its_hours()
    {
        Ingest([.. Enumerable.Range(0, 3).Select(_ => Lines.Hit(key: "old", address: "203.0.113.7"))]);
        Folder.Restart();
        // As schema 6 has it: hours and months have rows, though days are packed.
        var day = UtcDay.Of(Folder.Time.Now);
        var hours = Folder.Sql("SELECT hex(substr(hours, 4)) FROM day WHERE series = (SELECT id FROM series WHERE key = 'old')");
        var hour = MinuteRange.MinuteOf(Folder.Time.Now) / 60;
        Folder.RestartAfter(() => Folder.Sql(
            $"INSERT INTO hour (series, hour, hits, bots, value_e9, value_rest, minutes, visitors) SELECT series, {hour}, hits, bots, value_e9, value_rest, x'{hours}', visitors FROM day;"
            + $"INSERT INTO month (series, month, hits, bots, value_e9, value_rest, visitors) SELECT series, {CalendarMonth.OfDay(day)}, hits, bots, value_e9, value_rest, visitors FROM day;"
            + "UPDATE day SET hours = NULL").Should().BeEmpty());

        Folder.Verify().IsClean.Should().BeTrue();
        Ingest([.. Enumerable.Range(0, 4).Select(i => Lines.Hit(key: "old", address: $"203.0.113.{i}"))]);
        Folder.Restart();
        Compare(Folder.Store, new Random(1));
        Folder.Verify().IsClean.Should().BeTrue();
        Folder.Sql("SELECT count(*) FROM day WHERE hours IS NOT NULL OR packed IS NULL").Should().Be("0");
    }

    private void HasRowsWhereItShould()
    {
        Folder.Sql($"SELECT count(*) FROM day WHERE (hours IS NULL) <> (hits > {PackedDay.MostHits})").Should().Be("0");
        Folder.Sql("SELECT count(*) FROM hour h JOIN day d ON d.series = h.series AND d.day = h.hour / 24 WHERE d.hours IS NOT NULL").Should().Be("0");
        long.Parse(Folder.Sql("SELECT count(*) FROM day WHERE hours IS NOT NULL")).Should().BePositive();
        long.Parse(Folder.Sql("SELECT count(*) FROM hour")).Should().BePositive();

        const string months = "SELECT series, strftime('%Y', day * 86400, 'unixepoch') * 12 + strftime('%m', day * 86400, 'unixepoch') - 1 AS month FROM day";
        Folder.Sql($"SELECT count(*) FROM (SELECT series, month FROM month EXCEPT {months} WHERE hours IS NULL)").Should().Be("0");
        Folder.Sql($"SELECT count(*) FROM ({months} WHERE hours IS NULL EXCEPT SELECT series, month FROM month)").Should().Be("0");
        long.Parse(Folder.Sql($"SELECT count(*) FROM ({months} EXCEPT SELECT series, month FROM month)")).Should().BePositive();
    }

    private void Ingest(params string[] lines) => _compared.Ingest(lines);

    private void Compare(Store store, Random random)
    {
        var now = MinuteRange.MinuteOf(Folder.Time.Now);
        HitScope[] scopes = [new(TenantId.Parse("demo")), new(TenantId.Parse("demo"), HitKey.Parse("k1")), new(TenantId.Parse("demo"), HitKey.Parse("rare")), new(TenantId.Parse("other"))];
        foreach (var scope in scopes)
        {
            store.Counts.Count(scope, MinuteRange.All).Should().Be(Memory.Count(scope, MinuteRange.All));
            for (var i = 0; i < 15; i++)
            {
                var unit = (int[])[1, 60, MinuteRange.PerDay];
                var from = (now - random.Next(130 * MinuteRange.PerDay)) / unit[i % 3] * unit[i % 3];
                var range = new MinuteRange(from, from + unit[i % 3] * (1L + random.Next(i % 3 == 2 ? 120 : 3000)));
                store.Counts.Count(scope, range).Should().Be(Memory.Count(scope, range));
            }
            foreach (var (step, buckets) in new[] { (60, 40), (60, 300), (MinuteRange.PerDay, 20), (MinuteRange.PerDay, 100), (45, 90), (120, 100) })
            {
                var start = (now - random.Next(100 * MinuteRange.PerDay)) / step * step;
                List<long> boundaries = [.. Enumerable.Range(0, buckets + 1).Select(i => start + (long)i * step)];
                store.Counts.Series(scope, boundaries).Should().Equal(Memory.Series(scope, boundaries));
            }
        }
    }

    private string Line(Random random) => JournalLine.Of(
        random.Next(5) == 0 ? "other" : "demo", random.Next(12) == 0 ? "rare" : $"k{random.Next(3)}",
        // Half of the hits are of a few hours.
        Folder.Time.Now.AddMinutes(-(random.Next(2) == 0 ? random.Next(400) + 40 * MinuteRange.PerDay * random.Next(2) : random.Next(120 * MinuteRange.PerDay))),
        random.Next(2) == 0 ? $"tv={random.Next(-3, 9)}" : "",
        userAgent: random.Next(3) == 0 ? "curl/8.14.1" : "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        // The salt of a day long ago is another one in each pass: nobody comes twice.
        remoteAddress: $"192.0.{++_visitors / 250}.{_visitors % 250}");

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
