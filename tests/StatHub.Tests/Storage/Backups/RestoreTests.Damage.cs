using StatHub.Storage;

namespace StatHub.Tests.Storage.Backups;

public partial class RestoreTests
{
    [Theory]
    [InlineData("stathub.db")]
    [InlineData("segments/0000000002.jsonl.gz")]
    [InlineData("segments/demo/2026-09-20.1.jsonl.gz")]
    [InlineData("segments/removed-segments/0000000001.jsonl.gz")]
    public async Task A_damaged_file_of_a_backup_is_named_and_nothing_is_restored(string name)
    {
        var backup = await FillAndMakeAsync();
        var path = Path.Combine(backup, name);
        var bytes = await File.ReadAllBytesAsync(path);
        var restore = () => RestoreAsync(backup);

        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        await restore.Should().ThrowAsync<StoreException>().WithMessage($"The backup is damaged: {path} has other bytes than when it was made.");
        await File.WriteAllBytesAsync(path, bytes[..^1]);
        await restore.Should().ThrowAsync<StoreException>().WithMessage($"The backup is damaged: {path} has {bytes.Length - 1} bytes*");
        File.Delete(path);
        await restore.Should().ThrowAsync<StoreException>().WithMessage($"The backup is damaged: {path} has 0 bytes*");

        Files(_target).Should().Equal("lock");
    }

    [Theory]
    [InlineData(null, "is no whole backup: there is no manifest.json in it.")]
    [InlineData("", "is damaged")]
    [InlineData("null", "is damaged: it is empty.")]
    [InlineData("{\"version\":1}", "is damaged")]
    [InlineData("{\"version\":2,\"statHub\":\"9.0.0\",\"batch\":1,\"madeAt\":1,\"files\":[]}", "has version 2, this StatHub knows version 1. Use the StatHub that made the backup, 9.0.0.")]
    [InlineData("{\"version\":1,\"statHub\":\"0.1.0\",\"batch\":1,\"madeAt\":1,\"files\":[]}", "names no stathub.db.")]
    [InlineData("{\"version\":1,\"statHub\":\"0.1.0\",\"batch\":1,\"madeAt\":1,\"files\":[{\"name\":\"../admin.token\",\"length\":1,\"sha256\":\"\"}]}", "names '../admin.token', which is no file of a backup.")]
    [InlineData("{\"version\":1,\"statHub\":\"0.1.0\",\"batch\":1,\"madeAt\":1,\"files\":[{\"name\":\"segments/../a/2026-09-20.1.jsonl.gz\",\"length\":1,\"sha256\":\"\"}]}", "which is no file of a backup.")]
    [InlineData("{\"version\":2,\"files\":\"elsewhere\"}", "has version 2, this StatHub knows version 1.")]
    [InlineData("{\"version\":1,\"statHub\":\"0.1.0\",\"batch\":1,\"madeAt\":1,\"files\":[null]}", "is damaged: it names a file that is none.")]
    [InlineData("{\"version\":1,\"statHub\":\"0.1.0\",\"batch\":1,\"madeAt\":1,\"files\":[{\"name\":\"stathub.db\",\"length\":9000000000000000000,\"sha256\":\"\"},{\"name\":\"erasures.jsonl\",\"length\":9000000000000000000,\"sha256\":\"\"}]}", "is damaged: its files are longer than a disk can be.")]
    public async Task What_is_no_whole_backup_is_refused(string? manifest, string message)
    {
        var backup = await FillAndMakeAsync();
        var path = Path.Combine(backup, "manifest.json");
        File.Delete(path);
        if (manifest is not null)
            await File.WriteAllTextAsync(path, manifest);

        var restore = () => RestoreAsync(backup);

        await restore.Should().ThrowAsync<StoreException>().WithMessage("*" + message + "*");
        Files(_target).Should().BeEmpty();
    }
}
