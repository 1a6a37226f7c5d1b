using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Sketches;
using StatHub.Storage;
using StatHub.Storage.Rollups;

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

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
