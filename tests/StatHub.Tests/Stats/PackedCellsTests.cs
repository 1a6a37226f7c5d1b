using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Storage.Stats;

namespace StatHub.Tests.Stats;

public class PackedCellsTests
{
    private static readonly StatCell[] Cells =
    [
        Cell("demo", "", "id", StatKind.Counter, "k", new StatAmount(long.MinValue)),
        Cell("demo", "country", "", StatKind.Counter, "k", new StatAmount(long.MaxValue)),
        Cell("demo", "country", "es", StatKind.Gauge, "é", new StatAmount(-5, 1_796_009_040)),
        Cell("other", "country", "es", StatKind.Gauge, "k", new StatAmount(7, 1_796_009_040, 0, 1_796_008_680)),
        Cell("demo", "", new string('x', 256), StatKind.Member, "k", new StatAmount(1_000_000), list: long.MaxValue),
    ];

    [Fact]
    public void What_is_packed_is_unpacked()
    {
        var packed = new PackedCells();
        packed.Pack(Cells);

        PackedCells.TryUnpack(packed.Pack(Cells), out var cells).Should().BeTrue();

        cells!.Select(cell => (cell.Key, cell.Amount, cell.List)).Should().Equal(Cells.Select(cell => (cell.Key, cell.Amount, cell.List)));
    }

    [Fact]
    public void A_packed_text_is_there_once()
    {
        var one = new PackedCells().Pack(Cells[1..2]).Length;

        new PackedCells().Pack([Cells[1], Cells[1], Cells[1]]).Length.Should().Be(one + 2 * (one - 1 - "democountryk".Length - 4));
    }

    [Fact]
    public void No_bytes_make_it_throw_and_a_part_is_not_taken_for_more_than_it_is()
    {
        var bytes = new PackedCells().Pack(Cells).ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            if (PackedCells.TryUnpack(bytes.AsSpan(0, length), out var cells))
                cells.Count.Should().BeLessThan(Cells.Length);
        }
        PackedCells.TryUnpack([2, .. bytes[1..]], out _).Should().BeFalse("it is of a version that is not known");
        for (var at = 0; at < bytes.Length; at++)
        {
            for (var bit = 1; bit < 256; bit <<= 1)
            {
                var flipped = bytes.ToArray();
                flipped[at] ^= (byte)bit;
                FluentActions.Invoking(() => PackedCells.TryUnpack(flipped, out _)).Should().NotThrow();
            }
        }
    }

    private static StatCell Cell(string tenant, string dim, string owner, StatKind kind, string name, StatAmount amount, long list = 0) =>
        new(new StatKey(new StatPlace(TenantId.Parse(tenant), dim, owner), kind, name)) { Amount = amount, List = list };
}
