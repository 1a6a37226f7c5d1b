using System.Diagnostics;
using System.Globalization;
using StatHub.Crash;
using StatHub.Storage;
using StatHub.Storage.Backups;
using StatHub.Storage.Commits;
using StatHub.Storage.Compaction;

// The ingest in a process of its own, made to be killed:
//   stathub-crash DATA drain                  read until nothing is left, then report
//   stathub-crash DATA kill STEP N            kill -9 this process when it reaches a step of a commit for the Nth time
//   stathub-crash DATA kill-compaction STEP N  likewise, at a step of a compaction of everything that there is
//   stathub-crash DATA compact                compact everything that there is
//   stathub-crash DATA kill-backup STEP N     likewise, at a step of a backup, while everything is read
//   stathub-crash DATA backup                 back everything up while it is read, keep one backup, and print where it is
//   stathub-crash DATA run                    read on and on, until somebody kills this process
//   stathub-crash DATA starve N               read with N free file descriptors, then with enough, then report
var data = args[0];
var steps = 0;
var killAt = args[1] == "kill" ? Enum.Parse<CommitStep>(args[2]) : (CommitStep?)null;
var killTime = args[1] is "kill" or "kill-compaction" or "kill-backup" ? int.Parse(args[3], CultureInfo.InvariantCulture) : 0;
var killAtCompaction = args[1] == "kill-compaction" ? Enum.Parse<CompactionStep>(args[2]) : (CompactionStep?)null;
var killAtBackup = args[1] == "kill-backup" ? Enum.Parse<BackupStep>(args[2]) : (BackupStep?)null;
var options = new StoreOptions { DataPath = data, BatchBytes = 20_000, PendingValues = 20, OnCommitStep = step => KillAt(step == killAt), OnCompactionStep = step => KillAt(step == killAtCompaction) };

switch (args[1])
{
    case "starve":
        Starved.Run(options, int.Parse(args[2], CultureInfo.InvariantCulture));
        break;
    case "run":
        await Patient.RunAsync(options, forever: true);
        break;
    case "compact" or "kill-compaction":
        await Patient.CompactAsync(options);
        break;
    case "backup" or "kill-backup":
        await Patient.BackUpAsync(options, step => KillAt(step == killAtBackup));
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
