using System.Text;
using StatHub.Core.Hits;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Stores;

public abstract partial class HitStoreContract
{
    [Fact]
    public async Task Keys_come_in_the_order_of_their_bytes()
    {
        string[] keys = ["b", "a", "ü", "B", "a b", "z/".Replace('/', '%'), "\U0001F600", "\uFF01"];
        await IngestAsync([.. keys.Select(key => JournalLine.Of("demo", key, Noon)), JournalLine.Of("other", "c", Noon)]);
        var expected = keys.OrderBy(key => Convert.ToHexString(Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal).ToList();

        _store.Counts.Keys(Demo, "", null, 100).Select(key => key.Key.ToString()).Should().Equal(expected);
        _store.Counts.Keys(Demo, "", null, 3).Select(key => key.Key.ToString()).Should().Equal(expected.Take(3));
        _store.Counts.Keys(Demo, "", HitKey.Parse(expected[2]), 100).Select(key => key.Key.ToString()).Should().Equal(expected.Skip(3));
        _store.Counts.Keys(Demo, "a", null, 100).Select(key => key.Key.ToString()).Should().Equal("a", "a b");
        _store.Counts.Keys(Demo, "a", HitKey.Parse("a"), 100).Select(key => key.Key.ToString()).Should().Equal("a b");
        _store.Counts.Keys(Demo, "%", null, 100).Should().BeEmpty();
    }

    [Fact]
    public async Task A_key_knows_its_first_and_last_instant()
    {
        await IngestAsync(
            JournalLine.Of("demo", "home", Noon.AddMilliseconds(7)), JournalLine.Of("demo", "home", Noon.AddDays(-2).AddMilliseconds(3)),
            JournalLine.Of("demo", "home", Noon.AddHours(-1)));

        _store.Counts.Keys(Demo, "", null, 10).Should().Equal(
            new KeySummary(HitKey.Parse("home"), 3, Noon.AddDays(-2).AddMilliseconds(3), Noon.AddMilliseconds(7)));
    }
}
