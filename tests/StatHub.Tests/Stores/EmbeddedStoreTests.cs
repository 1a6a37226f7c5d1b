using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Ledger;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Storage;
using StatHub.Storage.Compaction;

namespace StatHub.Tests.Stores;

/// <summary>The contract of stores on the embedded one: what is ingested goes through a journal file as nginx writes it.</summary>
public sealed class EmbeddedStoreTests : EmbeddedStoreContract
{
    protected override bool CompactsAfter(int ingests) => false;
}

/// <summary>The contract of stores where every hit was compacted, again and again.</summary>
public sealed class CompactedStoreTests : EmbeddedStoreContract
{
    protected override bool CompactsAfter(int ingests) => true;
}

/// <summary>The contract of stores where compacted days have late hits.</summary>
public sealed class LateHitsStoreTests : EmbeddedStoreContract
{
    protected override bool CompactsAfter(int ingests) => ingests % 2 == 1;
}

/// <summary>The embedded store, compacted now and then.</summary>
public abstract class EmbeddedStoreContract : HitStoreContract
{
    /// <summary>Everything that there is, today's hits too.</summary>
    private static readonly CompactionRequest All = new() { After = TimeSpan.FromDays(-2), AgainAfter = TimeSpan.Zero, SortBytes = 20_000 };

    /// <summary>Whether everything is compacted when lines were ingested so many times.</summary>
    protected abstract bool CompactsAfter(int ingests);

    protected override Task<IStoreUnderTest> OpenAsync()
    {
        var folder = Directory.CreateTempSubdirectory("stathub-contract-").FullName;
        return Task.FromResult<IStoreUnderTest>(new Opened(Store.Open(new StoreOptions { DataPath = folder, PendingValues = 0 }, Time), CompactsAfter));
    }

    private sealed class Opened(Store store, Func<int, bool> compactsAfter) : IStoreUnderTest
    {
        private int _ingests;

        public IHitCounts Counts => store.Counts;

        public IDimensionCounts Dimensions => store.Dimensions;

        public IRawHits Raw => store.RawHits;

        public ITenantStore Tenants => store.Tenants;

        public ITokenStore Tokens => store.Tokens;

        public ILedger Ledger => store.Ledger;

        public async Task IngestAsync(IReadOnlyList<string> lines)
        {
            File.AppendAllLines(Path.Combine(store.DataPath, "journal", "hits.log"), lines);
            store.Tail.Run(CancellationToken.None).Lines.Should().BeGreaterThanOrEqualTo(lines.Count);
            if (compactsAfter(++_ingests))
                (await store.Compaction.RunAsync(All, null, CancellationToken.None)).Problems.Should().BeEmpty();
        }

        public ValueTask DisposeAsync()
        {
            store.Dispose();
            Directory.Delete(store.DataPath, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
