using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Hits;
using StatHub.Core.Sketches;

namespace StatHub.Tests.Sketches;

public class HeavyHittersTests
{
    private static readonly Int128 Largest = 1_000_000_000_000_000_000;

    /// <summary>One hit or some of them; a few names are frequent, many are rare.</summary>
    private static Gen<Hits> AnyHits =>
        from name in Gen.Frequency((3, Gen.Choose(0, 5)), (2, Gen.Choose(0, 200)))
        from hits in Gen.Frequency((4, Gen.Constant(1)), (1, Gen.Choose(1, 50)))
        from bots in Gen.Choose(0, hits)
        from value in Gen.OneOf(Gen.Constant(HitValue.One), Gen.Choose(-1_000_000, 1_000_000).Select(value => (long)value))
        from scale in Gen.Frequency((9, Gen.Constant((Int128)1)), (1, Gen.Constant(Largest / 1_000_000)))
        select new Hits(Name(name), new Tally(hits, bots, new ValueSum(hits * scale * value / (scale == 1 ? 1 : HitValue.One))));

    /// <summary>Several streams of hits.</summary>
    private static Gen<Hits[][]> Streams => AnyHits.ArrayOf().Resize(300).ArrayOf().Resize(6);

    private sealed record Hits(byte[] Name, Tally Sums);

    private static byte[] Name(int number) => Encoding.ASCII.GetBytes($"name-{number}");

    private static HeavyHitters Summary(int capacity, IEnumerable<Hits> stream)
    {
        var summary = new HeavyHitters(capacity);
        foreach (var hits in stream)
            summary.Add(hits.Name, hits.Sums);
        return summary;
    }

    private static byte[] Bytes(HeavyHitters summary)
    {
        var bytes = new ArrayBufferWriter<byte>();
        summary.Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private static Tally Tally(long hits, long bots = 0) => new(hits, bots, new ValueSum(hits * HitValue.One));

    /// <summary>A summary that has let go of names, with values of both signs.</summary>
    private static HeavyHitters Crowded()
    {
        var summary = new HeavyHitters(8);
        for (var i = 0; i < 60; i++)
            summary.Add(Name(i * i % 31), new Tally(1 + i % 7, i % 2, new ValueSum(i * 1_234_567 - 30_000_000)));
        return summary;
    }

    [Fact]
    public void What_one_stream_holds_is_bounded_by_what_is_told() =>
        Prop.ForAll(Gen.Choose(1, 20).ToArbitrary(), AnyHits.ArrayOf().Resize(1_000).ToArbitrary(), (capacity, stream) =>
        {
            var summary = Summary(capacity, stream);
            ShouldBound(summary, stream, capacity);
            summary.Count.Should().BeLessThanOrEqualTo(2 * capacity);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void What_many_added_summaries_hold_is_bounded_by_what_is_told() =>
        Prop.ForAll(Gen.Choose(1, 20).Two().ToArbitrary(), Streams.ToArbitrary(), (capacities, streams) =>
        {
            var (capacity, other) = capacities;
            var sum = new HeavyHitters(capacity);
            foreach (var (i, stream) in streams.Index())
                AddInSomeWay(sum, Summary(i % 2 == 0 ? capacity : other, stream), stream, i % 3);
            ShouldBound(sum, streams.SelectMany(stream => stream), Math.Min(capacity, other));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_summary_that_was_written_is_bounded_by_what_is_told_and_has_no_more_names_than_its_capacity() =>
        Prop.ForAll(Gen.Choose(1, 20).ToArbitrary(), AnyHits.ArrayOf().Resize(1_000).ToArbitrary(), (capacity, stream) =>
        {
            var written = Summary(capacity, stream);
            HeavyHitters.TryRead(Bytes(written), capacity, out var read).Should().BeTrue();
            foreach (var summary in new[] { written, read! })
            {
                ShouldBound(summary, stream, capacity);
                summary.Count.Should().BeLessThanOrEqualTo(capacity);
            }
            Bytes(read!).Should().Equal(Bytes(written));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void As_long_as_no_name_is_let_go_of_everything_is_exact_in_whatever_order() =>
        Prop.ForAll(AnyHits.ArrayOf().Resize(300).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (stream, seed) =>
        {
            var shuffled = stream.ToArray();
            new Random(seed).Shuffle(shuffled);
            var summary = Summary(201, stream);
            summary.Error.Should().Be(0);
            summary.Other.Should().Be(default(Tally));
            summary.ByHits().Sum(hitter => hitter.Error).Should().Be(0);
            summary.Count.Should().Be(stream.Select(hits => Encoding.ASCII.GetString(hits.Name)).Distinct().Count());
            Bytes(Summary(201, shuffled)).Should().Equal(Bytes(summary));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_two_summaries_either_may_be_added_to_the_other() =>
        Prop.ForAll(Gen.Choose(1, 20).ToArbitrary(), AnyHits.ArrayOf().Resize(300).Two().ToArbitrary(), (capacity, streams) =>
        {
            var (left, right) = (Bytes(Summary(capacity, streams.Item1)), Bytes(Summary(capacity, streams.Item2)));
            Bytes(SumOfBytes(capacity, left, right)).Should().Equal(Bytes(SumOfBytes(capacity, right, left)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_summary_is_added_alike_as_an_object_and_as_bytes() =>
        Prop.ForAll(Gen.Choose(1, 20).ToArbitrary(), AnyHits.ArrayOf().Resize(300).Two().ToArbitrary(), (capacity, streams) =>
        {
            var right = Summary(capacity, streams.Item2);
            // Writing lets go of names, so that both are the same.
            var bytes = Bytes(right);
            var (sum, sumOfBytes) = (Summary(capacity, streams.Item1), Summary(capacity, streams.Item1));
            sum.Add(right);
            sumOfBytes.TryAdd(bytes).Should().BeTrue();
            Bytes(sum).Should().Equal(Bytes(sumOfBytes));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Names_that_stay_when_a_full_count_is_cut_to_the_largest_are_exact()
    {
        var all = new HeavyHitters(1_000);
        for (var i = 1; i <= 300; i++)
            all.Add(Name(i), Tally(i));
        var largest = new HeavyHitters(10);

        largest.Add(all);
        Bytes(largest);

        largest.ByHits().Select(hitter => (hitter.Sums.Hits, hitter.Error)).Should().Equal(Enumerable.Range(0, 10).Select(i => (300L - i, 0L)));
        largest.Error.Should().Be(290, "the largest that is not listed has as many");
    }

    [Fact]
    public void A_newcomer_has_its_own_hits_and_what_it_may_have_had_before_as_its_error()
    {
        var summary = new HeavyHitters(2);
        foreach (var (name, hits) in new[] { ("a", 10), ("b", 9), ("c", 3), ("d", 2), ("e", 1) })
            summary.Add(Encoding.ASCII.GetBytes(name), Tally(hits));

        summary.Add("c"u8, Tally(4, bots: 1));

        summary.TryGet("c"u8, out var back).Should().BeTrue();
        (back.Sums, back.Error).Should().Be((Tally(4, bots: 1), 3L));
        summary.Other.Should().Be(Tally(6));
        summary.TryGet("d"u8, out _).Should().BeFalse();
    }

    [Fact]
    public void Names_are_listed_by_hits_and_then_by_their_bytes()
    {
        var summary = new HeavyHitters(10);
        foreach (var (name, hits) in new[] { ("b", 1), ("c", 7), ("a", 1), ("", 1), ("ab", 1) })
            summary.Add(Encoding.ASCII.GetBytes(name), Tally(hits));

        summary.ByHits().Select(hitter => Encoding.ASCII.GetString(hitter.Name.Span)).Should().Equal("c", "", "a", "ab", "b");
    }

    [Fact]
    public void A_name_that_is_too_long_is_refused() =>
        new HeavyHitters(1).Invoking(summary => summary.Add(new byte[256], Tally(1))).Should().Throw<ArgumentException>();

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(-1, 0, 0)]
    [InlineData(1, 2, 0)]
    [InlineData(1, -1, 0)]
    [InlineData(1, 0, 1_000_000_000_000_000_001)]
    [InlineData(1, 0, -1_000_000_000_000_000_001)]
    public void Sums_that_no_hits_have_are_refused(long hits, long bots, long millionths) =>
        new HeavyHitters(1).Invoking(summary => summary.Add("a"u8, new Tally(hits, bots, new ValueSum(millionths)))).Should().Throw<ArgumentException>();

    [Fact]
    public void The_longest_name_and_the_largest_numbers_are_written_and_read()
    {
        var summary = new HeavyHitters(1);
        var name = Enumerable.Repeat((byte)0xff, HeavyHitters.MostNameBytes).ToArray();
        var most = HeavyHitters.MostHits;
        summary.Add(name, new Tally(most, most, new ValueSum(-(Largest * most))));

        HeavyHitters.TryRead(Bytes(summary), 1, out var read).Should().BeTrue();

        read!.TryGet(name, out var hitter).Should().BeTrue();
        hitter.Sums.Should().Be(summary.Total);
        read.TryAdd(Bytes(Summary(1, [new Hits(name, Tally(1))]))).Should().BeFalse("the sum would be too large");
    }

    [Fact]
    public void A_summary_has_the_bytes_that_its_page_shows()
    {
        var summary = new HeavyHitters(2);
        summary.Add("de"u8, new Tally(3, 1, new ValueSum(4_500_000)));
        summary.Add("en"u8, Tally(3));
        Convert.ToHexString(Bytes(summary)).Should().Be("010002" + "0301C08DB701" + "026465" + "000000" + "02656E");

        summary.Add("fr"u8, Tally(1));
        summary.Add("fr"u8, Tally(1));
        Convert.ToHexString(Bytes(summary)).Should().Be("0102" + "020000" + "02" + "0301C08DB701" + "00" + "026465" + "000000" + "00" + "02656E");
    }

    [Fact]
    public void A_usual_summary_takes_little_more_than_its_names()
    {
        var summary = new HeavyHitters();
        for (var i = 1; i <= 1_000; i++)
            summary.Add(Name(i), Tally(1 + 10_000 / i));

        Bytes(summary).Length.Should().BeLessThan(Enumerable.Range(1, 1_000).Sum(i => Name(i).Length) + 1_000 * 5);
    }

    [Fact]
    public void Reading_a_written_summary_allocates_nothing()
    {
        var bytes = Bytes(Crowded());
        HitsOf(bytes).Should().Be(Crowded().Total.Hits);

        var before = GC.GetAllocatedBytesForCurrentThread();
        HitsOf(bytes);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void A_summary_that_is_cut_short_or_too_long_is_refused()
    {
        var bytes = Bytes(Crowded());

        for (var length = 0; length < bytes.Length; length++)
            HeavyHitters.TryRead(bytes.AsSpan(0, length), 8, out _).Should().BeFalse();
        HeavyHitters.TryRead([.. bytes, 0], 8, out _).Should().BeFalse();
    }

    [Fact]
    public void A_summary_of_another_version_is_refused() =>
        HeavyHitters.TryRead([2, .. Bytes(Crowded()).AsSpan(1)], 8, out _).Should().BeFalse();

    [Theory]
    [InlineData("01" + "05" + "030000" + "00")] // the error is larger than what is not told
    [InlineData("01" + "020200" + "00" + "01" + "030000" + "03" + "0161")] // a name's error is larger than that of all
    [InlineData("01" + "00" + "01" + "000000" + "0161")] // a name without hits
    [InlineData("01" + "00" + "01" + "010200" + "0161")] // more bots than hits
    [InlineData("01" + "00" + "02" + "010000" + "0162" + "000000" + "0161")] // names in the wrong order
    [InlineData("01" + "00" + "02" + "030000" + "0161" + "010000" + "0161")] // a name twice
    [InlineData("01" + "00" + "8000")] // a number with a byte too many
    public void A_summary_that_contradicts_itself_is_refused(string bytes) =>
        HeavyHitters.TryRead(Convert.FromHexString(bytes), 8, out _).Should().BeFalse();

    [Fact]
    public void A_name_that_is_there_twice_is_not_known_better_than_exactly()
    {
        var summary = new HeavyHitters(8);

        // Twice the name has the whole error of 2 to its credit.
        summary.TryAdd([1, 2, 2, 0, 0, 2, 3, 0, 0, 0, 1, (byte)'a', 1, 0, 0, 0, 1, (byte)'a']).Should().BeTrue();

        summary.TryGet("a"u8, out var hitter).Should().BeTrue();
        (hitter.Sums, hitter.Error).Should().Be((Tally(5), 0L));
    }

    [Fact]
    public void Bytes_that_are_refused_add_nothing()
    {
        var summary = Crowded();
        var bytes = Bytes(summary);

        summary.TryAdd(bytes.AsSpan(0, bytes.Length - 1)).Should().BeFalse();

        Bytes(summary).Should().Equal(bytes);
        summary.Total.Should().Be(Crowded().Total);
    }

    [Fact]
    public void A_damaged_byte_makes_nothing_throw_and_what_is_taken_can_be_added()
    {
        var bytes = Bytes(Crowded());

        for (var i = 0; i < bytes.Length; i++)
        {
            var whole = bytes[i];
            for (var damage = 1; damage < 256; damage++)
            {
                bytes[i] = (byte)(whole ^ damage);
                ShouldBeRefusedOrWhole(bytes);
            }
            bytes[i] = whole;
        }
    }

    [Fact]
    public void No_bytes_make_it_throw() =>
        Prop.ForAll(ArbMap.Default.GeneratorFor<byte[]>().ToArbitrary(), Gen.Choose(0, 3).Two().ToArbitrary(), (bytes, header) =>
        {
            ShouldBeRefusedOrWhole(bytes);
            ShouldBeRefusedOrWhole([1, (byte)header.Item1, (byte)header.Item2, .. bytes]);
            ShouldBeRefusedOrWhole([1, 0, 1, (byte)header.Item1, (byte)header.Item2, .. bytes]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    /// <summary>The promises of <see cref="HeavyHitters"/>, against a count of everything.</summary>
    private static void ShouldBound(HeavyHitters summary, IEnumerable<Hits> stream, int smallestCapacity)
    {
        var truth = stream.GroupBy(hits => Encoding.ASCII.GetString(hits.Name), hits => hits.Sums).ToDictionary(name => name.Key, Sum);
        var total = Sum(truth.Values);
        var listed = summary.ByHits().ToDictionary(hitter => Encoding.ASCII.GetString(hitter.Name.Span));

        summary.Total.Should().Be(total);
        (Sum(listed.Values.Select(hitter => hitter.Sums)) + summary.Other).Should().Be(total);
        ((Int128)summary.Error * smallestCapacity).Should().BeLessThanOrEqualTo(total.Hits);
        listed.Keys.Except(truth.Keys).Should().BeEmpty();
        truth.Where(name => listed.TryGetValue(name.Key, out var hitter) ? !Bounds(hitter, name.Value, summary.Error) : name.Value.Hits > summary.Error)
            .Should().BeEmpty();
    }

    private static bool Bounds(HeavyHitter hitter, Tally truth, long most) =>
        hitter.Sums.Hits <= truth.Hits && truth.Hits <= hitter.Sums.Hits + hitter.Error
        && hitter.Sums.Bots <= truth.Bots && truth.Bots <= hitter.Sums.Bots + hitter.Error
        && hitter.Error >= 0 && hitter.Error <= most
        && (hitter.Error > 0 || hitter.Sums == truth);

    private static Tally Sum(IEnumerable<Tally> sums) => sums.Aggregate(default(Tally), (sum, next) => sum + next);

    private static void AddInSomeWay(HeavyHitters sum, HeavyHitters summary, Hits[] stream, int way)
    {
        if (way == 0)
            sum.Add(summary);
        else if (way == 1)
            sum.TryAdd(Bytes(summary)).Should().BeTrue();
        else
            Array.ForEach(stream, hits => sum.Add(hits.Name, hits.Sums));
    }

    private static HeavyHitters SumOfBytes(int capacity, byte[] left, byte[] right)
    {
        HeavyHitters.TryRead(left, capacity, out var sum).Should().BeTrue();
        sum!.TryAdd(right).Should().BeTrue();
        return sum;
    }

    private static long HitsOf(ReadOnlySpan<byte> bytes)
    {
        var reader = new HeavyHittersReader(bytes);
        var hits = reader.Other.Hits;
        while (reader.Read())
            hits += reader.Sums.Hits;
        return reader.IsWhole ? hits : -1;
    }

    /// <summary>Damage that leaves a summary gives one that is whole in itself, alone and added to another.</summary>
    private static void ShouldBeRefusedOrWhole(ReadOnlySpan<byte> bytes)
    {
        if (HeavyHitters.TryRead(bytes, 1_000, out var read))
            bytes.SequenceEqual(Bytes(read)).Should().BeTrue();
        var sum = Crowded();
        if (!sum.TryAdd(bytes))
            return;
        HitsOf(Bytes(sum)).Should().Be(sum.Total.Hits);
        sum.ByHits().All(hitter => hitter.Error >= 0 && hitter.Error <= sum.Error).Should().BeTrue();
    }
}
