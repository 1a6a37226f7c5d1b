namespace StatHub.Server.Countries;

/// <summary>Takes a new file of countries into use while the service runs: there is one every month.</summary>
internal sealed partial class CountryWorker(CountryFile file, TimeProvider time, ILogger<CountryWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LogInUse(file.Path, file.Source.Database!.Type, file.Source.Database.BuiltAt);
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Refresh();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void Refresh()
    {
        if (file.Refresh(out var mistake))
            LogInUse(file.Path, file.Source.Database!.Type, file.Source.Database.BuiltAt);
        else if (mistake is not null)
            LogRefused(mistake);
    }

    [LoggerMessage(LogLevel.Information, "Countries come from {Path}, {Type} of {BuiltAt:yyyy-MM-dd}")]
    private partial void LogInUse(string path, string type, DateTimeOffset builtAt);

    [LoggerMessage(LogLevel.Warning, "Countries come from the file before, since the new one is of no use: {Mistake}")]
    private partial void LogRefused(string mistake);
}
