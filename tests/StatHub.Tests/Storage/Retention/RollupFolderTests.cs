using StatHub.Core.Tenants;

namespace StatHub.Tests.Storage.Retention;

public sealed class RollupFolderTests : IDisposable
{
    private readonly RetainedFolder _retained = new();

    public RollupFolderTests()
    {
        _retained.Ingest(11, 5);
        _retained.Ingest(12, 5);
        _retained.Folder.Store.Retention.Run().Should().Be(2);
    }

    public void Dispose() => _retained.Dispose();

    private StoreFolder Folder => _retained.Folder;

    [Fact]
    public void Files_stay_at_a_start()
    {
        Folder.Restart();
        _retained.Files.Should().HaveCount(2);
    }

    [Fact]
    public void An_erase_removes_the_files_of_its_tenant()
    {
        Folder.Store.Tenants.Erase(RetainedFolder.Demo).Should().BeTrue();
        Directory.GetDirectories(_retained.Rollups).Should().BeEmpty();
    }

    [Fact]
    public void What_a_crash_left_of_an_erase_goes_at_the_next_start()
    {
        Folder.Shell("cp -r rollups kept; mkdir rollups/erased-shop; cp rollups/demo/* rollups/erased-shop");
        Folder.Store.Tenants.Erase(RetainedFolder.Demo).Should().BeTrue();
        Folder.Shell("mv kept/demo rollups");

        Folder.Restart();

        Directory.GetDirectories(_retained.Rollups).Should().BeEmpty();
    }

    [Fact]
    public void What_is_left_of_an_erased_tenant_is_not_that_of_a_new_one_of_its_name()
    {
        Folder.Shell("cp -r rollups kept");
        Folder.Store.Tenants.Erase(RetainedFolder.Demo).Should().BeTrue();
        Folder.Shell("mv kept/demo rollups");

        Folder.Store.Tenants.TryCreate(new Tenant(RetainedFolder.Demo, "demo", null, Folder.Time.GetUtcNow())).Should().BeTrue();

        _retained.Files.Should().BeEmpty();
    }

    [Fact]
    public void What_a_crash_left_of_a_file_goes_at_the_next_start()
    {
        var names = _retained.Files;
        Folder.Shell($"cp rollups/{names[0]} rollups/demo/{_retained.Date(12)}.1.jsonl.gz; cp rollups/{names[0]} rollups/{names[0]}.tmp");

        Folder.Restart();

        _retained.Files.Should().Equal(names);
    }

    [Fact]
    public void A_tenant_that_the_database_does_not_know_keeps_its_files()
    {
        Folder.Shell("cp -r rollups/demo rollups/shop; touch rollups/shop/notes.txt");

        Folder.Restart();

        _retained.Files.Should().HaveCount(5).And.Contain("shop/notes.txt");
    }
}
