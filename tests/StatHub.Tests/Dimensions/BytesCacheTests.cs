using System.Text;
using StatHub.Core.Text;

namespace StatHub.Tests.Dimensions;

public class BytesCacheTests
{
    private static byte[] Key(int number, int length = 8) => Encoding.ASCII.GetBytes(number.ToString().PadLeft(length, '0'));

    [Fact]
    public void What_was_added_is_found_by_equal_bytes()
    {
        var cache = new BytesCache<string>(10);
        cache.Add(Key(1), "one");

        cache.Find(Key(1)).Should().Be("one");
        cache.Find(Key(2)).Should().BeNull();
    }

    [Fact]
    public void Texts_that_never_come_again_take_bounded_memory()
    {
        var byEntries = new BytesCache<string>(100);
        var byBytes = new BytesCache<string>(1_000_000, mostBytes: 10_000);
        for (var i = 0; i < 10_000; i++)
        {
            byEntries.Add(Key(i), "x");
            byBytes.Add(Key(i, length: 100), "x");
        }

        byEntries.Count.Should().BeLessThanOrEqualTo(200);
        byBytes.Count.Should().BeLessThanOrEqualTo(200);
    }

    [Fact]
    public void What_is_asked_often_stays()
    {
        var cache = new BytesCache<string>(100);
        cache.Add(Key(0), "often");
        for (var i = 1; i < 10_000; i++)
        {
            cache.Add(Key(i), "once");
            cache.Find(Key(0)).Should().Be("often");
        }
    }
}
