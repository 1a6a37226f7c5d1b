using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
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
}
