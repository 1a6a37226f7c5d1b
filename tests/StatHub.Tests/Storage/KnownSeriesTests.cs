using System.Text;
using StatHub.Storage.Commits;

namespace StatHub.Tests.Storage;

public sealed class KnownSeriesTests
{
    private readonly KnownSeries _series = new();

    [Fact]
    public void Each_tenant_and_key_has_its_own()
    {
        // More than a block of keys, long and empty ones among them.
        var all = from tenant in Enumerable.Range(1, 3)
                  from key in Enumerable.Range(0, 4000)
                  select (Tenant: (long)tenant, Key: key == 0 ? [] : Encoding.UTF8.GetBytes($"{key}".PadLeft(key % 128 + 1, 'x')));
        var expected = all.DistinctBy(one => (one.Tenant, Encoding.UTF8.GetString(one.Key))).Select((one, i) => (one.Tenant, one.Key, Series: i + 1L)).ToList();

        foreach (var (tenant, key, series) in expected)
        {
            _series.Find(new(tenant, key)).Should().BeNull();
            _series.Add(new(tenant, key), new(series, 7)).Should().Be((int)series - 1);
        }

        _series.Count.Should().Be(expected.Count);
        foreach (var (tenant, key, series) in expected)
        {
            _series[_series.Find(new(tenant, key))!.Value].Should().Be(new KnownSeries.Known(series, 7));
        }
    }

    [Fact]
    public void What_was_forgotten_is_not_known()
    {
        var version = _series.Version;
        _series.Add(new(1, "a"u8), new(5, 7));
        _series.Clear();

        _series.Count.Should().Be(0);
        _series.Find(new(1, "a"u8)).Should().BeNull();
        _series.Version.Should().NotBe(version);
        _series[_series.Add(new(1, "b"u8), new(6, 8))].Should().Be(new KnownSeries.Known(6, 8));
    }
}
