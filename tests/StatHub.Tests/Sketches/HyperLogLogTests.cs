using System.Buffers;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Sketches;

namespace StatHub.Tests.Sketches;

public class HyperLogLogTests
{
    /// <summary>With so many hashes a sketch has registers.</summary>
    private const int Large = 5_000;

    /// <summary>Sets of hashes up to either side of the step to registers, among them some that are all but zeros.</summary>
    private static Gen<ulong[]> Sets =>
        from seed in Gen.Choose(0, 20)
        from size in Gen.OneOf(Gen.Choose(0, 50), Gen.Choose(2_500, 3_500), Gen.Choose(0, 2 * Large))
        from shift in Gen.Choose(0, 63)
        select Hashes.Many(seed, size).Select((hash, i) => i % 3 == 0 ? hash >> shift : i % 3 == 1 ? hash << shift : hash).ToArray();

    private static HyperLogLog Sketch(IEnumerable<ulong> hashes)
    {
        var sketch = new HyperLogLog();
        foreach (var hash in hashes)
            sketch.Add(hash);
        return sketch;
    }

    private static byte[] Bytes(HyperLogLog sketch)
    {
        var bytes = new ArrayBufferWriter<byte>();
        sketch.Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private static byte[] Bytes(IEnumerable<ulong> hashes) => Bytes(Sketch(hashes));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    [InlineData(100)]
    public void A_small_sketch_counts_exactly(int count) => Sketch(Hashes.Many(1, count)).Estimate().Should().Be(count);

    [Fact]
    public void Up_to_3072_hashes_are_counted_all_but_exactly() =>
        Sketch(Hashes.Many(1, 3_072)).Estimate().Should().BeInRange(3_070, 3_072);

    [Theory]
    [InlineData(100)]
    [InlineData(2 * Large)]
    public void A_hash_that_is_there_changes_nothing(int count) =>
        Bytes(Hashes.Many(1, count).Concat(Hashes.Many(1, count))).Should().Equal(Bytes(Hashes.Many(1, count)));

    [Fact]
    public void The_sum_of_two_sketches_is_the_sketch_of_the_union() =>
        Prop.ForAll(Sets.Two().ToArbitrary(), sets =>
        {
            var (left, right) = sets;
            var union = Bytes(left.Concat(right));
            Sum(left, right).Should().Equal(union);
            Sum(right, left).Should().Equal(union);
            SumOfBytes(left, right).Should().Equal(union);
            SumOfBytes(right, left).Should().Equal(union);
            HyperLogLog.EstimateOf([Sketch(left), Sketch(right)]).Should().Be(Sketch(left.Concat(right)).Estimate());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void No_sketches_have_no_hashes_and_one_has_its_own()
    {
        HyperLogLog.EstimateOf([]).Should().Be(0);
        HyperLogLog.EstimateOf([Sketch(Hashes.Many(1, 17))]).Should().Be(17);
    }

    [Fact]
    public void The_order_of_hashes_does_not_matter() =>
        Prop.ForAll(Sets.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (hashes, seed) =>
        {
            var shuffled = hashes.ToArray();
            new Random(seed).Shuffle(shuffled);
            return Bytes(shuffled).SequenceEqual(Bytes(hashes));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_sketch_that_was_read_is_the_one_that_was_written() =>
        Prop.ForAll(Sets.ToArbitrary(), hashes =>
        {
            var written = Sketch(hashes);
            HyperLogLog.TryRead(Bytes(written), out var read).Should().BeTrue();
            Bytes(read!).Should().Equal(Bytes(written));
            read!.Estimate().Should().Be(written.Estimate());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_sketch_can_be_added_to_itself()
    {
        var sketch = Sketch(Hashes.Many(1, 2_000));

        sketch.Add(sketch);

        Bytes(sketch).Should().Equal(Bytes(Hashes.Many(1, 2_000)));
    }

    [Fact]
    public void Registers_that_can_rise_no_more_are_written_and_read()
    {
        var full = Enumerable.Range(0, 1 << 14).Select(register => (ulong)register << 50).ToArray();

        HyperLogLog.TryRead(Bytes(full), out var sketch).Should().BeTrue();

        Bytes(sketch!).Should().Equal(Bytes(full));
        sketch!.Estimate().Should().Be(long.MaxValue);
    }

    [Theory]
    [InlineData(10, 40)]
    [InlineData(100, 350)]
    [InlineData(3_072, 7_000)]
    [InlineData(3_073, 8_250)]
    [InlineData(1_000_000, 8_250)]
    public void A_written_sketch_takes_few_bytes(int count, int most) =>
        Bytes(Hashes.Many(1, count)).Length.Should().BeLessThan(most);

    [Fact]
    public void A_small_sketch_has_the_bytes_that_its_page_shows() =>
        Convert.ToHexString(Bytes([0x0000_0480_0000_0001, 0x0000_0480_0000_0002, 0x1234_5678_9abc_def0, 0x8000_0000_0000_0001]))
            .Should().Be("010103" + "09" + "A2D19101" + "D3AEEE06" + "27");

    [Theory]
    [InlineData(3_072, 6_832, "B3CC982555467454F92C5F29D450A4C9ADB31266F284C32D73CDD6B1B3778D42")]
    [InlineData(10_000, 8_202, "929DD910E0EC0A6797698FA11C97FEBD2BD8EE3CF96B17F9466312E1DC4699E7")]
    [InlineData(2_000_000, 8_205, "304618689EA864104CA6B82B886E2ACB6F143A7A42D60C1C157F30FCF91C41A7")]
    public void A_sketch_has_the_bytes_that_it_always_had(int count, int length, string sha256)
    {
        var bytes = Bytes(Hashes.Many(1, count));

        bytes.Length.Should().Be(length);
        Convert.ToHexString(SHA256.HashData(bytes)).Should().Be(sha256);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(Large)]
    public void A_sketch_that_is_cut_short_or_too_long_is_refused(int count)
    {
        var bytes = Bytes(Hashes.Many(1, count));

        for (var length = 0; length < bytes.Length; length++)
            HyperLogLog.TryRead(bytes.AsSpan(0, length), out _).Should().BeFalse();
        HyperLogLog.TryRead([.. bytes, 0], out _).Should().BeFalse();
    }

    [Fact]
    public void A_sketch_of_another_version_is_refused() =>
        HyperLogLog.TryRead([2, .. Bytes(Hashes.Many(1, 10)).AsSpan(1)], out _).Should().BeFalse();

    [Fact]
    public void Registers_whose_base_is_not_the_lowest_rank_are_refused()
    {
        var ranksOfTwo = Enumerable.Range(0, 1 << 14).Select(register => ((ulong)register << 50) | (1UL << 48));

        Bytes(ranksOfTwo).Should().Equal([1, 2, 2, .. new byte[8_192], 0]);
        HyperLogLog.TryRead([1, 2, 1, .. Enumerable.Repeat((byte)0x11, 8_192), 0], out _).Should().BeFalse();
    }

    [Theory]
    [InlineData(60, 1)]
    [InlineData(Large, 251)]
    public void A_damaged_byte_makes_nothing_throw_and_what_is_taken_is_a_sketch(int count, int step)
    {
        var bytes = Bytes(Hashes.Many(1, count).Append(0UL));

        for (var i = 0; i < bytes.Length; i++)
        {
            // Registers are all alike: of those some are enough.
            if (i > 16 && i < bytes.Length - 16 && i % step != 0)
                continue;
            var whole = bytes[i];
            for (var damage = 1; damage < 256; damage++)
            {
                bytes[i] = (byte)(whole ^ damage);
                IsRefusedOrCanonical(bytes).Should().BeTrue();
            }
            bytes[i] = whole;
        }
    }

    [Fact]
    public void No_bytes_make_it_throw_and_what_is_taken_is_a_sketch() =>
        Prop.ForAll(ArbMap.Default.GeneratorFor<byte[]>().ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), (bytes, form) =>
            IsRefusedOrCanonical(bytes) && IsRefusedOrCanonical([1, (byte)form, .. bytes]) && IsRefusedOrCanonical([1, 1, (byte)form, .. bytes]))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Bytes_that_are_refused_add_nothing()
    {
        var small = Bytes(Hashes.Many(2, 60));
        var large = Bytes(Hashes.Many(2, Large));
        var sketch = Sketch(Hashes.Many(1, 100));

        sketch.TryAdd(small.AsSpan(0, small.Length - 1)).Should().BeFalse();
        sketch.TryAdd(large.AsSpan(0, large.Length - 1)).Should().BeFalse();

        Bytes(sketch).Should().Equal(Bytes(Hashes.Many(1, 100)));
    }

    private static bool IsRefusedOrCanonical(ReadOnlySpan<byte> bytes) =>
        !HyperLogLog.TryRead(bytes, out var sketch) || (Bytes(sketch).AsSpan().SequenceEqual(bytes) && sketch.Estimate() >= 0);

    private static byte[] Sum(ulong[] left, ulong[] right)
    {
        var sum = Sketch(left);
        sum.Add(Sketch(right));
        return Bytes(sum);
    }

    private static byte[] SumOfBytes(ulong[] left, ulong[] right)
    {
        var sum = Sketch(left);
        sum.TryAdd(Bytes(right)).Should().BeTrue();
        return Bytes(sum);
    }
}
