using StatHub.Storage;
using StatHub.Storage.Compaction;

namespace StatHub.Tests.Storage;

public sealed class AvailableMemoryTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData(16L << 30, 48)]
    [InlineData(768L << 20, 48)]
    [InlineData(160L << 20, 10)]
    [InlineData(64L << 20, 4)]
    [InlineData(1L << 20, 4)]
    [InlineData(long.MaxValue, 48)]
    public void A_part_of_it_is_within_its_bounds(long available, int part) =>
        AvailableMemory.Part(available, 16, 4 * MiB, 48 * MiB).Should().Be(part * MiB);

    [Fact]
    public void Defaults_are_parts_of_what_this_process_may_use()
    {
        new CompactionRequest().SortBytes.Should().BeInRange(4 * MiB, 48 * MiB);
        new StoreOptions { DataPath = "." }.BatchBytes.Should().BeInRange(MiB, 12 * MiB);
        new StoreOptions { DataPath = "." }.ThinTenantsBatchBytes.Should().BeInRange(MiB, 54 * MiB);
        new StoreOptions { DataPath = "." }.ThinKeysBatchBytes.Should().BeInRange(MiB, 24 * MiB);
    }
}
