using System.Diagnostics;
using System.Globalization;
using StatHub.Core.Nginx;
using StatHub.Server.Nginx;

namespace StatHub.Tests.Server.Nginx;

public sealed class ProcessReopenSignalTests : IDisposable
{
    // Dies of USR1, which shows that the signal came.
    private const string Sleep = "/bin/sleep";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stathub-");
    private readonly List<Process> _started = [];

    private string PidFile => Path.Combine(_folder.FullName, "nginx.pid");

    [Fact]
    public async Task The_process_that_the_pid_file_names_gets_usr1()
    {
        var nginx = await StartAsync("nginx", title: null);
        await WritePidFile(nginx.Id);

        await new ProcessReopenSignal(PidFile).SendAsync(CancellationToken.None);

        await nginx.WaitForExitAsync();
        // A process that a signal ended has 128 + its number: USR1 is 10.
        nginx.ExitCode.Should().Be(138);
    }

    [Fact]
    public async Task A_titled_master_gets_usr1()
    {
        var nginx = await StartAsync("nginx", "nginx: master process nginx -c nginx.conf");
        await WritePidFile(nginx.Id);

        await new ProcessReopenSignal(PidFile).SendAsync(CancellationToken.None);

        await nginx.WaitForExitAsync();
        nginx.ExitCode.Should().Be(138);
    }

    [Theory]
    [InlineData("nginx: worker process")]
    [InlineData("nginx: worker process is shutting down")]
    [InlineData("nginx: cache manager process")]
    public async Task A_worker_is_not_signalled(string title)
    {
        var worker = await StartAsync("nginx", title);
        await WritePidFile(worker.Id);

        (await Failure()).Should().Be($"The pid file {PidFile} names process {worker.Id}, a worker of nginx and not its master.");
        worker.HasExited.Should().BeFalse();
    }

    [Fact]
    public async Task Another_program_under_the_same_number_is_not_signalled()
    {
        var other = await StartAsync("other", title: null);
        await WritePidFile(other.Id);

        (await Failure()).Should().Be($"The pid file {PidFile} is stale: process {other.Id} is other, not nginx.");
        other.HasExited.Should().BeFalse();
    }

    [Fact]
    public async Task A_pid_file_of_a_process_that_has_ended_is_stale()
    {
        var nginx = await StartAsync("nginx", title: null);
        await WritePidFile(nginx.Id);
        nginx.Kill();
        await nginx.WaitForExitAsync();

        (await Failure()).Should().Be($"The pid file {PidFile} is stale: there is no process {nginx.Id}. nginx is not running.");
    }

    [Fact]
    public async Task A_missing_pid_file_is_named()
    {
        (await Failure()).Should().StartWith($"There is no pid file {PidFile}");
    }

    [Fact]
    public async Task A_folder_in_place_of_the_pid_file_is_an_error()
    {
        Directory.CreateDirectory(PidFile);

        (await Failure()).Should().StartWith($"The pid file {PidFile} cannot be read");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public async Task An_empty_pid_file_is_an_error(string text)
    {
        await File.WriteAllTextAsync(PidFile, text);

        (await Failure()).Should().StartWith($"The pid file {PidFile} is empty");
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+7")]
    [InlineData("12 13")]
    [InlineData("99999999999999999999")]
    [InlineData("1.5")]
    [InlineData("\0")]
    public async Task Garbage_in_the_pid_file_signals_nobody(string text)
    {
        await File.WriteAllTextAsync(PidFile, text);

        (await Failure()).Should().Be($"The pid file {PidFile} has no process id in it.");
    }

    [Fact]
    public async Task No_signal_touches_nothing()
    {
        await new NoReopenSignal().SendAsync(CancellationToken.None);

        _folder.EnumerateFileSystemInfos().Should().BeEmpty();
    }

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        _folder.Delete(recursive: true);
    }

    private Task WritePidFile(int processId) =>
        File.WriteAllTextAsync(PidFile, processId.ToString(CultureInfo.InvariantCulture) + "\n");

    private async Task<string> Failure()
    {
        var sending = () => new ProcessReopenSignal(PidFile).SendAsync(CancellationToken.None);
        return (await sending.Should().ThrowAsync<ReopenException>()).Which.Message;
    }

    // A copy of sleep, so that the kernel's name of the process is that of the file; the title is its first argument.
    private async Task<Process> StartAsync(string name, string? title)
    {
        var program = Path.Combine(_folder.FullName, name);
        File.Copy(Sleep, program);
        var start = new ProcessStartInfo("/bin/bash") { ArgumentList = { "-c", "exec -a \"$0\" \"$1\" 1000", title ?? program, program } };
        var process = Process.Start(start)!;
        _started.Add(process);
        while (await File.ReadAllTextAsync($"/proc/{process.Id}/comm") != name + "\n")
            await Task.Delay(10);
        return process;
    }
}
