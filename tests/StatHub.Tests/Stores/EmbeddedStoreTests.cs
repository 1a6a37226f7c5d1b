using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Ledger;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Storage;

namespace StatHub.Tests.Stores;

/// <summary>The contract of stores on the embedded one: what is ingested goes through a journal file as nginx writes it.</summary>
public sealed class EmbeddedStoreTests : HitStoreContract
{
    protected override Task<IStoreUnderTest> OpenAsync()
    {
        var folder = Directory.CreateTempSubdirectory("stathub-contract-").FullName;
        return Task.FromResult<IStoreUnderTest>(new Opened(Store.Open(new StoreOptions { DataPath = folder }, Time)));
    }

    private sealed class Opened(Store store) : IStoreUnderTest
    {
        public IHitCounts Counts => store.Counts;

        public IDimensionCounts Dimensions => store.Dimensions;

        public IRawHits Raw => store.RawHits;

        public ITenantStore Tenants => store.Tenants;

        public ITokenStore Tokens => store.Tokens;

        public ILedger Ledger => store.Ledger;

        public Task IngestAsync(IReadOnlyList<string> lines)
        {
            File.AppendAllLines(Path.Combine(store.DataPath, "journal", "hits.log"), lines);
            store.Tail.Run(CancellationToken.None).Lines.Should().BeGreaterThanOrEqualTo(lines.Count);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            store.Dispose();
            Directory.Delete(store.DataPath, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
