using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Ledger;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Stores;

public sealed class MemoryStoreTests : HitStoreContract
{
    protected override Task<IStoreUnderTest> OpenAsync() => Task.FromResult<IStoreUnderTest>(new Opened(new MemoryStore(Time)));

    private sealed class Opened(MemoryStore store) : IStoreUnderTest
    {
        public IHitCounts Counts => store;

        public IDimensionCounts Dimensions { get; } = new MemoryDimensions(store);

        public IRawHits Raw => store;

        public ITenantStore Tenants => store;

        public ITokenStore Tokens => store;

        public ILedger Ledger => store;

        public Task IngestAsync(IReadOnlyList<string> lines)
        {
            store.Ingest(lines);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
