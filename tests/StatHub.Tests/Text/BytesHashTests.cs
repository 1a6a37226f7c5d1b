using StatHub.Core.Text;

namespace StatHub.Tests.Text;

public class BytesHashTests
{
    [Fact]
    public void Equal_bytes_have_one_hash_and_each_byte_and_the_length_count()
    {
        var hashes = new HashSet<ulong>();
        for (var length = 0; length <= 100; length++)
        {
            var bytes = new byte[length];
            hashes.Add(BytesHash.Of(bytes)).Should().BeTrue();
            BytesHash.Of(new byte[length]).Should().Be(BytesHash.Of(bytes));
            for (var at = 0; at < length; at++)
            {
                bytes[at] = 1;
                hashes.Add(BytesHash.Of(bytes)).Should().BeTrue($"byte {at} of {length} counts");
                bytes[at] = 0;
            }
        }
    }

    [Fact]
    public void Its_lowest_bits_are_spread()
    {
        var slots = new int[256];
        for (var i = 0; i < 25_600; i++)
            slots[(byte)BytesHash.Of(BitConverter.GetBytes(i))]++;
        slots.Should().OnlyContain(count => count > 40 && count < 180);
    }
}
