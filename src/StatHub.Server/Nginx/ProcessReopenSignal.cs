using System.Globalization;
using StatHub.Core.Nginx;
using StatHub.Storage.Posix;

namespace StatHub.Server.Nginx;

/// <summary>Signals the nginx whose master wrote a pid file.</summary>
public sealed class ProcessReopenSignal(string pidFile) : IReopenSignal
{
    // A pid file has a number and a newline; whatever is longer is another file.
    private const int MaxPidFileBytes = 64;

    public Task SendAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var processId = ReadPidFile();
        // A pid file outlives its process, and the number may be another program's by now.
        RequireMaster(processId);
        switch (Signals.SendUsr1(processId))
        {
            case SignalOutcome.NoSuchProcess:
                throw Stale(processId);
            case SignalOutcome.NotPermitted:
                throw new ReopenException($"Not permitted to signal nginx (process {processId}): it must run as the same user as StatHub.");
        }
        return Task.CompletedTask;
    }

    private int ReadPidFile()
    {
        var text = ReadStart().Trim();
        if (text.Length == 0)
            throw new ReopenException($"The pid file {pidFile} is empty: is nginx starting, or was the disk full?");
        // No sign is accepted, so that no number can address a group of processes.
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var processId) || processId < 1)
            throw new ReopenException($"The pid file {pidFile} has no process id in it.");
        return processId;
    }

    private string ReadStart()
    {
        try
        {
            using var file = File.OpenRead(pidFile);
            Span<byte> bytes = stackalloc byte[MaxPidFileBytes];
            return System.Text.Encoding.ASCII.GetString(bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)]);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ReopenException($"There is no pid file {pidFile}: nginx is not running, or it writes another one.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReopenException($"The pid file {pidFile} cannot be read: {e.Message}", e);
        }
    }

    private void RequireMaster(int processId)
    {
        var command = ReadProcess(processId, "comm").TrimEnd('\n');
        if (command != "nginx")
            throw new ReopenException($"The pid file {pidFile} is stale: process {processId} is {Printable(command)}, not nginx.");
        var title = ReadProcess(processId, "cmdline");
        // nginx titles its processes. A worker would reopen its own logs only, and all others keep writing to the old file.
        if (title.StartsWith("nginx: ", StringComparison.Ordinal) && !title.StartsWith("nginx: master", StringComparison.Ordinal))
            throw new ReopenException($"The pid file {pidFile} names process {processId}, a worker of nginx and not its master.");
    }

    private string ReadProcess(int processId, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/{file}");
        }
        // The process may end between the open and the read, which then fails with ESRCH.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Stale(processId, e);
        }
    }

    private ReopenException Stale(int processId, Exception? cause = null)
    {
        var message = $"The pid file {pidFile} is stale: there is no process {processId}. nginx is not running.";
        return cause is null ? new ReopenException(message) : new ReopenException(message, cause);
    }

    private static string Printable(string command) => string.Concat(command.Select(c => char.IsControl(c) ? '?' : c));
}
