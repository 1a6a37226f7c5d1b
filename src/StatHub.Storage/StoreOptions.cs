using StatHub.Core.Dimensions.Countries;
using StatHub.Core.Privacy;
using StatHub.Storage.Commits;
using StatHub.Storage.Compaction;

namespace StatHub.Storage;

/// <summary>Settings of the embedded store.</summary>
public sealed record StoreOptions
{
    /// <summary>The data folder. One process owns it at a time.</summary>
    public required string DataPath { get; init; }

    /// <summary>What becomes of client addresses in stored lines.</summary>
    public AddressTreatment Addresses { get; init; } = AddressTreatment.Truncated;

    /// <summary>Where countries come from; without it hits have none.</summary>
    public CountryDatabase? Countries { get; init; }

    /// <summary>About how many bytes of the journal go into one commit.</summary>
    public int BatchBytes { get; init; } = 6 * 1024 * 1024;

    /// <summary>Sums by dimension are written when so many values wait in memory, some 150 bytes each, or after a minute.</summary>
    public int PendingValues { get; init; } = 100_000;

    /// <summary>Called at each step of a commit, for tests that crash there.</summary>
    public Action<CommitStep>? OnCommitStep { get; init; }

    /// <summary>Called at each step of a compaction, likewise.</summary>
    public Action<CompactionStep>? OnCompactionStep { get; init; }
}
