using System.Diagnostics;
using System.Globalization;
using StatHub.Crash;
using StatHub.Storage;
using StatHub.Storage.Commits;

// The ingest in a process of its own, made to be killed:
//   stathub-crash DATA drain                  read until nothing is left, then report
//   stathub-crash DATA kill STEP N            kill -9 this process when it reaches a step of a commit for the Nth time
//   stathub-crash DATA run                    read on and on, until somebody kills this process
//   stathub-crash DATA starve N               read with N free file descriptors, then with enough, then report
var data = args[0];
var steps = 0;
var killAt = args[1] == "kill" ? Enum.Parse<CommitStep>(args[2]) : (CommitStep?)null;
var killTime = args[1] == "kill" ? int.Parse(args[3], CultureInfo.InvariantCulture) : 0;
var options = new StoreOptions { DataPath = data, BatchBytes = 20_000, PendingValues = 20, OnCommitStep = KillAt };

switch (args[1])
{
    case "starve":
        Starved.Run(options, int.Parse(args[2], CultureInfo.InvariantCulture));
        break;
    case "run":
        await Patient.RunAsync(options, forever: true);
        break;
    default:
        await Patient.RunAsync(options, forever: false);
        break;
}
return 0;

void KillAt(CommitStep step)
{
    if (step != killAt || ++steps < killTime)
        return;
    using var self = Process.GetCurrentProcess();
    self.Kill();
    // The signal is under way; nothing more may be written.
    Process.GetCurrentProcess().WaitForExit();
}
