using System.Diagnostics;
using System.Globalization;
using StatHub.Core.Dimensions.Clients;
using StatHub.Crash;
using StatHub.Storage;
using StatHub.Storage.Backups;
using StatHub.Storage.Commits;
using StatHub.Storage.Stats;

// The ingest in a process of its own, made to be killed:
//   stathub-crash DATA drain                  read until nothing is left, then report
//   stathub-crash DATA kill STEP N            kill -9 this process when it reaches a step of a commit for the Nth time
//   stathub-crash DATA kill-compaction STEP N  likewise, at a step of a compaction of everything that there is
//   stathub-crash DATA compact                compact everything that there is
//   stathub-crash DATA kill-rebuild STEP N     likewise, at a step of a rebuild, or of the compactions within
//   stathub-crash DATA kill-recovery STEP N    likewise, at a step of making a lost database again
//   stathub-crash DATA kill-migration STEP N   likewise, at a step of bringing the database up to date
//   stathub-crash DATA copy                   copy the database
//   stathub-crash DATA rebuild                rebuild everything with another list of bots
//   stathub-crash DATA kill-retention STEP N   likewise, at a step of a retention
//   stathub-crash DATA retain                 let go of raw hits of ten days ago
//   stathub-crash DATA kill-backup STEP N     likewise, at a step of a backup, while everything is read
//   stathub-crash DATA backup                 back everything up while it is read, keep one backup, and print where it is
//   stathub-crash DATA kill-letting-go STEP N  likewise, when sums go too
//   stathub-crash DATA let-go                 let go of raw hits of ten days ago, and of sums of two months ago
//   stathub-crash DATA run                    read on and on, until somebody kills this process
//   stathub-crash DATA stats                  report stats on and on, and print each report that was acknowledged
//   stathub-crash DATA kill-stats STEP N       likewise, until a step of a commit of stats
//   stathub-crash DATA starve N               read with N free file descriptors, then with enough, then report
var data = args[0];
var steps = 0;
var killAt = args[1] == "kill" ? Enum.Parse<CommitStep>(args[2]) : (CommitStep?)null;
var killTime = args[1].StartsWith("kill", StringComparison.Ordinal) ? int.Parse(args[3], CultureInfo.InvariantCulture) : 0;
var killAtOther = args[1] is "kill-compaction" or "kill-rebuild" or "kill-recovery" or "kill-migration" or "kill-retention" or "kill-backup" or "kill-letting-go" or "kill-stats" ? args[2] : "";
var options = new StoreOptions
{
    DataPath = data,
    BatchBytes = 20_000,
    ThinTenantsBatchBytes = 20_000,
    ThinKeysBatchBytes = 20_000,
    PendingValues = 20,
    OnCommitStep = step => KillAt(step == killAt),
    OnCompactionStep = step => KillAt(step.ToString() == killAtOther),
    OnRebuildStep = step => KillAt(step.ToString() == killAtOther),
    OnRecoveryStep = step => KillAt(step.ToString() == killAtOther),
    OnMigrationStep = step => KillAt(step.ToString() == killAtOther),
    OnRetentionStep = step => KillAt(step.ToString() == killAtOther),
    Stats = new StatsSettings { UnwrittenRows = 40, OnStep = step => KillAt(step.ToString() == killAtOther) },
};

switch (args[1])
{
    case "starve":
        Starved.Run(options, int.Parse(args[2], CultureInfo.InvariantCulture));
        break;
    case "stats" or "kill-stats":
        await StatsReporter.RunAsync(options);
        break;
    case "run":
        await Patient.RunAsync(options, forever: true);
        break;
    case "compact" or "kill-compaction":
        await Patient.CompactAsync(options);
        break;
    case "copy":
        await Patient.CopyAsync(options);
        break;
    case "retain" or "kill-retention":
        await Patient.RetainAsync(options, rollupMonths: null);
        break;
    case "let-go" or "kill-letting-go":
        await Patient.RetainAsync(options, rollupMonths: 1);
        break;
    case "rebuild" or "kill-rebuild":
        BotList.TryRead(["reader/1"], out var bots, out _);
        await Patient.RebuildAsync(options with { Bots = bots });
        break;
    case "backup" or "kill-backup":
        await Patient.BackUpAsync(options, step => KillAt(step.ToString() == killAtOther));
        break;
    default:
        await Patient.RunAsync(options, forever: false);
        break;
}
return 0;

void KillAt(bool isStep)
{
    if (!isStep || ++steps < killTime)
        return;
    using var self = Process.GetCurrentProcess();
    self.Kill();
    // The signal is under way; nothing more may be written.
    Process.GetCurrentProcess().WaitForExit();
}
