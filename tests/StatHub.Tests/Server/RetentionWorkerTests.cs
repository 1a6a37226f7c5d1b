using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StatHub.Core.Tenants;
using StatHub.Server.Retention;
using StatHub.Tests.Memory;
using StatHub.Tests.Storage;

namespace StatHub.Tests.Server;

public class RetentionWorkerTests
{
    [Fact]
    public async Task Raw_hits_go_again_and_again_at_an_interval_of_its_own()
    {
        using var folder = new StoreFolder();
        folder.Store.Tenants.TryChange(folder.Store.Tenants.Find(TenantId.Parse("demo"))! with { RetentionDays = 1 }).Should().BeTrue();
        using var worker = new RetentionWorker(
            folder.Store.Retention, folder.Store.RollupRetention, Options.Create(new RetentionOptions { Interval = TimeSpan.FromMilliseconds(5) }), TimeProvider.System, NullLogger<RetentionWorker>.Instance);
        await worker.StartAsync(CancellationToken.None);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var round = 0; round < 2; round++)
        {
            folder.AppendLines(JournalLine.Of("demo", "home", folder.Time.Now.AddDays(-2)));
            folder.Store.Tail.Run(CancellationToken.None);
            while (folder.Raw().Length > 0)
                await Task.Delay(5, patience.Token);
        }

        await worker.StopAsync(CancellationToken.None);
        folder.Hits().Should().Be(2);
    }

    [Fact]
    public async Task Sums_go_after_raw_hits()
    {
        using var folder = new StoreFolder();
        folder.Store.Tenants.TryChange(folder.Store.Tenants.Find(TenantId.Parse("demo"))! with { RetentionDays = 1, RollupMonths = 1 }).Should().BeTrue();
        folder.AppendLines(JournalLine.Of("demo", "old", folder.Time.Now.AddDays(-100)), JournalLine.Of("demo", "new", folder.Time.Now.AddDays(-2)));
        folder.Store.Tail.Run(CancellationToken.None);
        using var worker = new RetentionWorker(
            folder.Store.Retention, folder.Store.RollupRetention, Options.Create(new RetentionOptions { Interval = TimeSpan.FromMilliseconds(5) }), TimeProvider.System,
            NullLogger<RetentionWorker>.Instance);
        await worker.StartAsync(CancellationToken.None);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (folder.Hits() != 1)
            await Task.Delay(5, patience.Token);

        await worker.StopAsync(CancellationToken.None);
        folder.Raw().Should().BeEmpty();
    }

    [Theory]
    [InlineData("00:00:01", true)]
    [InlineData("1.00:00:00", true)]
    [InlineData("00:00:00.9", false)]
    [InlineData("1.00:00:01", false)]
    public void Its_interval_is_a_second_to_a_day(string interval, bool isValid) =>
        new RetentionOptionsValidator().Validate(null, new RetentionOptions { Interval = TimeSpan.Parse(interval, CultureInfo.InvariantCulture) })
            .Succeeded.Should().Be(isValid);
}
