using StatHub.Core.Rollups;
using StatHub.Storage;
using StatHub.Storage.Rollups;

namespace StatHub.Tests.Storage;

public sealed class MinuteBlobTests
{
    [Theory]
    [InlineData("01 10 02 C0 8D B7 01", 0)]
    [InlineData("02 10 02 01 C0 8D B7 01", 1)]
    [InlineData("03 17 10 01 C0 8D B7 01", 1)]
    public void Each_version_is_read(string bytes, long bots)
    {
        var read = new MinuteSums();

        MinuteBlob.AddTo(Bytes(bytes), read);

        read.Cells.ToArray().Should().Equal(new MinuteSums.Cell(16, 2, bots, 3_500_000));
    }

    [Fact]
    public void What_is_usual_takes_a_byte_a_minute()
    {
        var sums = new MinuteSums();
        sums.Add(0, 3, 0, 3_000_000);
        sums.Add(1, 15, 0, 15_000_000);
        sums.Add(5, 16, 2, 16_000_000);

        MinuteBlob.Write(sums).Should().Equal(Bytes("03 18 78 83 01 05 02"));
    }

    [Fact]
    public void Whatever_is_written_is_read_and_equal_sums_have_equal_bytes()
    {
        var random = new Random(46);
        for (var round = 0; round < 200; round++)
        {
            var cells = Enumerable.Range(0, 60).Where(_ => random.Next(3) > 0).Select(minute => Cell(random, (byte)minute)).ToArray();
            var blob = MinuteBlob.Write(Sums(cells));

            var read = new MinuteSums();
            MinuteBlob.AddTo(blob, read);
            read.Cells.ToArray().Should().Equal(cells);
            random.Shuffle(cells);
            MinuteBlob.Write(Sums(cells)).Should().Equal(blob);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("04 08")]
    [InlineData("03 80")]
    [InlineData("03 00")]
    [InlineData("03 09")]
    [InlineData("03 09 00")]
    [InlineData("03 09 3C")]
    [InlineData("03 08 09 01")]
    [InlineData("03 0A 02")]
    [InlineData("03 0A 00")]
    [InlineData("03 0C")]
    [InlineData("03 0C 00")]
    [InlineData("02 3B 01 02 00")]
    public void What_cannot_be_is_refused(string bytes) =>
        FluentActions.Invoking(() => MinuteBlob.AddTo(Bytes(bytes), new MinuteSums())).Should().Throw<StoreException>();

    private static MinuteSums.Cell Cell(Random random, byte minute)
    {
        var hits = random.Next(2) == 0 ? random.Next(1, 20) : random.NextInt64(1, 1L << 53);
        var bots = random.Next(2) == 0 ? 0 : random.NextInt64(0, hits + 1);
        return new MinuteSums.Cell(minute, hits, bots, random.Next(2) == 0 ? (Int128)hits * 1_000_000 : (Int128)random.NextInt64() * 1_000_000_000 - 5);
    }

    private static MinuteSums Sums(IEnumerable<MinuteSums.Cell> cells)
    {
        var sums = new MinuteSums();
        foreach (var cell in cells)
            sums.Add(cell.Minute, cell.Hits, cell.Bots, cell.Millionths);
        return sums;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
