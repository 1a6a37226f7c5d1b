using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Rollups;

namespace StatHub.Tests.Rollups;

public sealed class DimensionSumsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    public void Sums_of_any_number_of_values_are_those_of_a_plain_dictionary(int values)
    {
        var random = new Random(values);
        var (sums, halves, expected) = (new DimensionSums(), new[] { new DimensionSums(), new DimensionSums() }, new Dictionary<string, Tally>(StringComparer.Ordinal));
        for (var hit = 0; hit < 500; hit++)
        {
            var value = $"value {random.Next(values)}";
            var tally = new Tally(1, random.Next(2), new ValueSum(random.Next(1_000_000)));
            sums.AddValue(Dimension.Language, [], Encoding.UTF8.GetBytes(value), tally);
            halves[hit % 2].AddValue(Dimension.Language, [], Encoding.UTF8.GetBytes(value), tally);
            expected[value] = expected.GetValueOrDefault(value) + tally;
        }
        var union = new DimensionSums();
        union.Add(halves[0]);
        union.Add(halves[1]);

        foreach (var found in new[] { sums, union })
        {
            found.Count.Should().Be(values);
            found.Find(Dimension.Language, []).ToDictionary(one => Encoding.UTF8.GetString(one.Key), one => one.Value).Should().Equal(expected);
        }
        sums.Find(Dimension.Country, []).Should().BeEmpty();
        sums.Find(Dimension.Own, "plan"u8).Should().BeEmpty();
    }

    [Fact]
    public void Referrers_that_differ_in_their_queries_are_one_and_take_bounded_memory()
    {
        var (fields, reader, sums, most) = (new HitLine(), new DimensionReader(), new DimensionSums(), 0);
        for (var hit = 0; hit < 20_000; hit++)
        {
            var line = Encoding.UTF8.GetBytes($$"""{"tenant":"demo","key":"home","msec":1789999999.123,"http_referer":"https://example.org/page{{hit % 3}}?q={{hit}}"}""");
            fields.TryRead(line).Should().BeTrue();
            sums.Add(reader.Read(line, fields), new Tally(1, 0, ValueSum.Zero));
            most = Math.Max(most, sums.Count);
        }

        most.Should().BeLessThan(2_000);
        var count = sums.Count;
        sums.Total.Hits.Should().Be(20_000);
        sums.Find(Dimension.ReferrerPath, []).ToDictionary(one => Encoding.UTF8.GetString(one.Key), one => one.Value.Hits)
            .Should().BeEquivalentTo(new Dictionary<string, long> { ["example.org/page0"] = 6_667, ["example.org/page1"] = 6_667, ["example.org/page2"] = 6_666 });
        sums.Find(Dimension.Referrer, []).Sum(one => one.Value.Hits).Should().Be(20_000);
        sums.All.Sum(one => one.Values.Sum(value => value.Value.Hits)).Should().Be(3 * 20_000);
        sums.Count.Should().Be(count, "reading changes nothing, so that it can be read while it is written to the database");
    }
}
