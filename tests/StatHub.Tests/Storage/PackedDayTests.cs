using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Privacy;
using StatHub.Core.Rollups;
using StatHub.Core.Sketches;
using StatHub.Storage;
using StatHub.Storage.Rollups;
using StatHub.Tests.Journal;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage;

public sealed class PackedDayTests
{
    // The example of docs/formats/rollups.md.
    private const string Example = "01 02 07 09 01 00 01 01 00 00 02 64 65 0F 04 70 6C 61 6E 0B 01 00 01 01 00 00 04 67 6F 6C 64 09 07 01 01 01 AC D1 91 01";

    [Fact]
    public void It_is_written_as_documented()
    {
        var sums = new DimensionSums();
        var one = new Tally(1, 0, new ValueSum(1_000_000));
        sums.AddValue(Dimension.Own, "plan"u8, "gold"u8, one);
        sums.AddValue(Dimension.Language, [], "de"u8, one);
        var visitors = new HyperLogLog();
        visitors.Add(0x123456789ABCDEF0);

        var writer = new PackedDayWriter();
        var bytes = writer.Write(sums, [new(20_542 * 24 + 9, visitors)]).ToArray();

        bytes.Should().Equal(Bytes(Example));
        writer.Write(PackedDay.Read(bytes)).ToArray().Should().Equal(bytes);
        PackedDay.Read(bytes).Find(new DimensionName(Dimension.Own, "plan")).Should().Equal(Bytes("01 00 01 01 00 00 04 67 6F 6C 64"));
        PackedDay.Read(bytes).Find(new DimensionName(Dimension.Own, "other")).Should().BeNull();
    }

    [Fact]
    public void Every_beginning_of_it_is_refused_or_has_no_more_than_fits()
    {
        var bytes = Bytes(Example);
        for (var length = 1; length < bytes.Length; length++)
        {
            var beginning = bytes[..length];
            if (length == 31)
                PackedDay.Read(beginning).Sketches.Should().BeEmpty();
            else
                FluentActions.Invoking(() => PackedDay.Read(beginning)).Should().Throw<StoreException>();
        }
    }

    [Theory]
    [InlineData("02 00")]
    [InlineData("01 00 18 00")]
    [InlineData("01 FF FF FF FF 07")]
    public void What_cannot_be_is_refused(string bytes) => FluentActions.Invoking(() => PackedDay.Read(Bytes(bytes))).Should().Throw<StoreException>();

    [Fact]
    public void Values_that_are_none_are_refused_when_they_are_added() =>
        FluentActions.Invoking(() => PackedDay.Read(Bytes("01 01 07 02 01 80")).AddTo(new DimensionSums())).Should().Throw<StoreException>();

    [Theory]
    [InlineData("", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")]
    [InlineData("", "")]
    [InlineData("", "curl/8.14.1")]
    [InlineData("d.zeta=1&utm_term=t&d.alpha=2&utm_source=s&r=https://news.ycombinator.com/item?id=1&tv=-3.5&d.alphabet=3", "Mozilla/5.0")]
    [InlineData("utm_content=c&utm_medium=m&utm_campaign=x&d.plan=gold", "Googlebot/2.1")]
    public void A_single_hit_is_written_as_its_sums_would_be(string args, string agent)
    {
        foreach (var privacy in (PrivacyRules[])[PrivacyRules.Default, PrivacyRules.Default with { DoNotTrack = true }])
        {
            using var batch = Batch(privacy, Lines.Hit(args: args, agent: agent).Replace("\"http_dnt\":\"\"", "\"http_dnt\":\"1\"", StringComparison.Ordinal));
            var sums = batch.Tenants.Single().Keys.Values.Single();
            sums.TryFindOnlyHit(out var hit).Should().BeTrue();
            var writer = new PackedDayWriter();
            var direct = writer.Write(hit).ToArray();

            direct.Should().Equal(writer.Write(sums.Days.Values.Single(), sums.Visitors).ToArray());
            PackedDay.Read(direct).Tops.Should().HaveCount(hit.Count).And.OnlyHaveUniqueItems();
            sums.TryFindOnlyHit(out _).Should().BeFalse("it is summed now");
        }
    }

    [Fact]
    public void Of_several_hits_none_is_the_only_one()
    {
        using var batch = Batch(PrivacyRules.Default, Lines.Hit(), Lines.Hit());

        batch.Tenants.Single().Keys.Values.Single().TryFindOnlyHit(out _).Should().BeFalse();
    }

    private static HitBatch Batch(PrivacyRules privacy, params string[] lines)
    {
        var builder = new HitBatchBuilder(Lines.Tenants(), new DimensionReader(), privacy, new MemorySalts(), new NoBounds(), Lines.Now);
        foreach (var line in lines)
            builder.Add(Lines.Bytes(line), Lines.Live, "hits.log", 0);
        return builder.Batch;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
