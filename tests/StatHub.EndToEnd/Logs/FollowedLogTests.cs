using System.Globalization;
using StatHub.EndToEnd.Service;

namespace StatHub.EndToEnd.Logs;

/// <summary>A log is written and rotated while the service that follows it is killed again and again.</summary>
public sealed class FollowedLogTests : IDisposable
{
    private const int Kills = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub followed ").FullName;
    private readonly CancellationTokenSource _done = new();

    private string Log => Path.Combine(_folder, "access.log");

    public void Dispose()
    {
        _done.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Kills_and_rotations_lose_and_double_no_line()
    {
        await File.WriteAllTextAsync(Log, Line(0));
        await using var api = await ApiServer.StartAsync(
            Path.Combine(_folder, "data"), ("StatHub__Nginx__PidFile", Path.Combine(_folder, "nginx.pid")), ("StatHub__Logs__Sources__0__Path", Log), ("StatHub__Logs__Sources__0__Tenant", "demo"));
        await api.WaitAsync(async () => await LinesAsync(api) > 0, "the first line to be taken");
        var writing = Task.Run(WriteAsync);
        var random = new Random(7);
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(random.Next(300, 1500));
            await api.KillAsync();
            await api.StartAgainAsync();
        }
        await _done.CancelAsync();
        var written = await writing;

        await api.WaitAsync(async () => await LinesAsync(api) >= written, "all lines to be taken");
        (await api.HitsAsync("demo")).Should().Be(written);
        (await LinesAsync(api)).Should().Be(written);
        (await api.LedgerAsync()).Should().Equal(new Dictionary<string, long> { ["counted"] = written });
    }

    /// <summary>Writes and rotates until it is enough; how many lines there are.</summary>
    private async Task<long> WriteAsync()
    {
        var random = new Random(3);
        var number = 1;
        for (var rotation = 1; !_done.IsCancellationRequested; rotation++)
        {
            await using (var log = new StreamWriter(Log, append: true))
            {
                for (var lines = random.Next(200); lines > 0; lines--)
                    await log.WriteAsync(Line(number++));
                File.Move(Log, $"{Log}.{rotation}");
                // Workers go on for a while in the file that was renamed.
                await log.WriteAsync(Line(number++));
            }
            await Task.Delay(random.Next(60));
        }
        await File.AppendAllTextAsync(Log, Line(number++));
        return number;
    }

    private static async Task<long> LinesAsync(ApiServer api) => (await api.JsonAsync("/api/v1/sources"))[0].GetProperty("lines").GetInt64();

    private static string Line(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"203.0.113.7 - - [22/Feb/2026:10:{number / 60 % 60:00}:{number % 60:00} +0000] \"GET /pages/{number} HTTP/1.1\" 200 {number} \"-\" \"Mozilla/5.0\"\n");
}
