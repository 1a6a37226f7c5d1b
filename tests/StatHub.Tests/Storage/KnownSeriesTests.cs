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
            _series.HasDay(new(tenant, key), 7).Should().BeFalse();
            _series.NumberOf(new(tenant, key)).Should().BeNull();
            _series.Find(new(tenant, key), out var isKnown) = new(series, 7);
            isKnown.Should().BeFalse();
        }

        _series.Count.Should().Be(expected.Count);
        foreach (var (tenant, key, series) in expected)
        {
            _series.Find(new(tenant, key), out var isKnown).Should().Be(new KnownSeries.Known(series, 7));
            isKnown.Should().BeTrue();
            _series.NumberOf(new(tenant, key)).Should().Be(series);
            _series.HasDay(new(tenant, key), 7).Should().BeTrue();
            _series.HasDay(new(tenant, key), 8).Should().BeFalse();
        }
    }

    [Fact]
    public void What_was_forgotten_is_not_known()
    {
        _series.Find(new(1, "a"u8), out _) = new(5, 7);
        _series.Clear();

        _series.Count.Should().Be(0);
        _series.Find(new(1, "a"u8), out var isKnown).Series.Should().Be(0);
        isKnown.Should().BeFalse();
    }
}
