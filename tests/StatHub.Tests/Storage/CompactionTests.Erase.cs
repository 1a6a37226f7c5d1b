using StatHub.Storage.Compaction;
using StatHub.Tests.Journal;

namespace StatHub.Tests.Storage;

public partial class CompactionTests
{
    [Fact]
    public async Task Erasing_a_tenant_removes_its_compacted_files()
    {
        _folder.Ingest(Hit("secret", 1, "1"), Lines.Hit(tenant: "other", key: "kept", at: Yesterday.ToUnixTimeSeconds()));
        await CompactAsync();
        _folder.Ingest(Hit("secret", 2, "2"));

        _folder.Store.Tenants.Erase(Demo).Should().BeTrue();

        Files().Where(file => file.StartsWith("demo", StringComparison.Ordinal)).Should().BeEmpty();
        Directory.GetDirectories(Segments).Should().NotContain(folder => folder.Contains("demo"));
        Files().SelectMany(Unzipped).Should().NotContain(line => line.Contains("secret"));
        _folder.Raw("other").Should().HaveCount(1);
        _folder.Restart();
        _folder.Raw("other").Should().HaveCount(1);
    }

    [Theory]
    [InlineData(CompactionStep.Planned)]
    [InlineData(CompactionStep.PartSorted)]
    [InlineData(CompactionStep.MemberWritten)]
    [InlineData(CompactionStep.FileSynced)]
    [InlineData(CompactionStep.FileNamed)]
    [InlineData(CompactionStep.Switched)]
    public async Task An_erase_while_its_day_is_compacted_leaves_nothing(CompactionStep step)
    {
        _folder.Ingest([.. Enumerable.Range(0, 800).Select(i => Hit($"secret{i % 7}", i, $"{i}")), Lines.Hit(tenant: "other", key: "kept", at: Yesterday.ToUnixTimeSeconds())]);
        _folder.OnCompactionStep = now =>
        {
            if (now == step && _folder.Store.Tenants.Find(Demo) is not null)
                _folder.Store.Tenants.Erase(Demo);
        };

        (await CompactAsync(sortBytes: 20_000)).Problems.Should().BeEmpty();

        _folder.Store.Tenants.Find(Demo).Should().BeNull();
        Files().SelectMany(Unzipped).Should().NotContain(line => line.Contains("secret")).And.ContainSingle(line => line.Contains("kept"));
        Files().Should().NotContain(file => file.Contains("demo"));
        _folder.Restart();
        _folder.Raw("other").Should().HaveCount(1);
    }
}
