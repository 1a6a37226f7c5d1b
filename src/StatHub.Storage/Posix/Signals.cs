using System.Runtime.InteropServices;

namespace StatHub.Storage.Posix;

/// <summary>What became of a signal.</summary>
public enum SignalOutcome
{
    /// <summary>The process has it.</summary>
    Sent,

    /// <summary>There is no such process.</summary>
    NoSuchProcess,

    /// <summary>The process belongs to another user.</summary>
    NotPermitted,
}

/// <summary>Signals to processes. .NET can only terminate them.</summary>
public static partial class Signals
{
    private const int Usr1 = 10;
    private const int Stop = 19;
    private const int NotPermittedError = 1;
    private const int NoSuchProcessError = 3;

    /// <summary>Sends SIGUSR1, which makes nginx reopen its logs.</summary>
    /// <param name="processId">A process: 1 or more, for 0 and negative numbers address groups of processes.</param>
    public static SignalOutcome SendUsr1(int processId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(processId, 1);
        if (Kill(processId, Usr1) == 0)
            return SignalOutcome.Sent;
        return Marshal.GetLastPInvokeError() switch
        {
            NoSuchProcessError => SignalOutcome.NoSuchProcess,
            NotPermittedError => SignalOutcome.NotPermitted,
            var errno => throw new InvalidOperationException($"kill({processId}, SIGUSR1) failed: {Marshal.GetPInvokeErrorMessage(errno)}"),
        };
    }

    /// <summary>Stops this process until somebody continues it, as Ctrl-Z does by default.</summary>
    public static void StopThisProcess()
    {
        if (Kill(Environment.ProcessId, Stop) != 0)
            throw new InvalidOperationException($"kill(SIGSTOP) failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
