using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Dimensions.Countries;
using StatHub.Core.Dimensions.Referrers;
using StatHub.Core.Logs.Ringserver;
using StatHub.Core.Privacy;
using StatHub.Core.Tenants;
using StatHub.Storage.Alerts;
using StatHub.Storage.Commits;
using StatHub.Storage.Compaction;
using StatHub.Storage.Logs;
using StatHub.Storage.Rebuild;
using StatHub.Storage.Recovery;
using StatHub.Storage.Retention;
using StatHub.Storage.Rollups;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Stats;

namespace StatHub.Storage;

/// <summary>Settings of the embedded store.</summary>
public sealed record StoreOptions
{
    /// <summary>The data folder. One process owns it at a time.</summary>
    public required string DataPath { get; init; }

    /// <summary>What is kept of the people behind hits.</summary>
    public PrivacyRules Privacy { get; init; } = PrivacyRules.Default;

    /// <summary>Where countries come from; without it hits have none.</summary>
    public CountrySource? Countries { get; init; }

    /// <summary>Makes hashes of the names of hosts in reports of ringserver.</summary>
    public HostHash HostHash { get; init; } = HostHash.Unkeyed;

    /// <summary>Hosts that are no referrers. Another list counts from the first start that has it.</summary>
    public HostSet Spam { get; init; } = HostSet.None;

    /// <summary>The operator's own bots. Another list counts from the first start that has it; a rebuild labels earlier hits.</summary>
    public BotList Bots { get; init; } = BotList.None;

    /// <summary>How many keys a tenant may have that has no limit of its own.</summary>
    public int KeyLimit { get; init; } = Tenant.UsualKeyLimit;

    /// <summary>About how many bytes of the journal go into one commit: 12 MiB, less in little memory.</summary>
    public int BatchBytes { get; init; } = AvailableMemory.Part(32, 1024 * 1024, 12 * 1024 * 1024);

    /// <summary>Likewise where tenants have few lines each, each of which costs a commit rows of its own: 54 MiB, less in little memory.</summary>
    public int ThinTenantsBatchBytes { get; init; } = AvailableMemory.Part(28, 1024 * 1024, 54 * 1024 * 1024);

    /// <summary>Likewise where keys have one line or two each: 24 MiB, less in little memory.</summary>
    public int ThinKeysBatchBytes { get; init; } = AvailableMemory.Part(28, 1024 * 1024, 24 * 1024 * 1024);

    /// <summary>Sums by dimension are written when so many values wait in memory, or <see cref="PendingHits"/>, or after a minute: 1,200,000, less in little memory.</summary>
    public int PendingValues { get; init; } = AvailableMemory.Part(8, 40_000 * PendingRollups.BytesPerValue, 1_200_000 * PendingRollups.BytesPerValue) / PendingRollups.BytesPerValue;

    /// <summary>Sums of no more hits than about so many wait: after a crash they are made again from the segments, which took three seconds for as many hits of few keys.</summary>
    public long PendingHits { get; init; } = 2_000_000;

    /// <summary>How large logs are imported.</summary>
    public LogImportSettings LogImports { get; init; } = new();

    /// <summary>How stats are counted.</summary>
    public StatsSettings Stats { get; init; } = new();

    /// <summary>What is kept of alerts.</summary>
    public AlertSettings Alerts { get; init; } = new();

    /// <summary>Finds the dimensions of stored lines, in the way of these settings. Belongs to one thread.</summary>
    internal DimensionReader StoredDimensions() => new(spam: Spam, bots: Bots);

    /// <summary>Called at each step of a commit, for tests that crash there.</summary>
    public Action<CommitStep>? OnCommitStep { get; init; }

    /// <summary>Called at each step of a compaction, likewise.</summary>
    public Action<CompactionStep>? OnCompactionStep { get; init; }

    /// <summary>Called at each step of a rebuild, likewise.</summary>
    public Action<RebuildStep>? OnRebuildStep { get; init; }

    /// <summary>Called at each step of making a lost database again, likewise.</summary>
    public Action<RecoveryStep>? OnRecoveryStep { get; init; }

    /// <summary>Called at each step of bringing the database up to date, likewise.</summary>
    public Action<MigrationStep>? OnMigrationStep { get; init; }

    /// <summary>Called at each step of a retention, likewise.</summary>
    public Action<RetentionStep>? OnRetentionStep { get; init; }
}
