using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using StatHub.Cli.Commands.Logs;
using StatHub.Cli.Monitor;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Cli.Traffic;
using StatHub.Core.Logs;
using StatHub.Core.Monitor;

namespace StatHub.Cli.Commands.Monitor;

/// <summary><c>stathub monitor</c>: watches access logs in the terminal.</summary>
internal sealed class MonitorCommand : VerbCommand
{
    private const int MostTop = 100;

    private readonly Argument<string[]> _files = new("file")
    {
        Description = "Access logs; - is standard input.",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = _ => ["/tmp/access.log"],
    };

    private readonly Option<string> _format = LogOptions.Format();
    private readonly Option<TimeSpan> _interval = Seconds("--interval", "How often stats are shown.", 10);
    private readonly Option<TimeSpan> _window = Seconds("--window", "How much of the past alerts look at.", 120);
    private readonly Option<decimal> _threshold = Number("--threshold", "Requests a second, averaged over the window; more are an alert.", 10, 1_000_000_000);
    private readonly Option<decimal> _errorRate = Number("--error-rate", "Share of 5xx in the window, 0 to 1; more is an alert.", 0.05m, 1);
    private readonly Option<decimal> _clientRate = Number("--client-rate", "Requests a second of one client; more are an alert that names it.", 2.5m, 1_000_000_000);
    private readonly Option<TimeSpan> _bucket = Seconds("--bucket", "Resolution of the window.", 1);
    private readonly Option<int> _top = new("--top") { Description = $"Lines in each list, 1 to {MostTop}.", DefaultValueFactory = _ => 5, HelpName = "number" };
    private readonly Option<bool> _fromStart = new("--from-start") { Description = "Read what is there already, too." };
    private readonly Option<bool> _simulate = new("--simulate") { Description = "Write traffic to the file while watching it: 0 to 20 lines a second." };
    private readonly Option<bool> _once = new("--once") { Description = "Read the logs to their ends, show one report, and say by the exit code whether something alerts." };
    private readonly Option<bool> _json = new("--json") { Description = "JSON lines: one for each interval, and one for each alert." };
    private readonly Option<bool> _plain = new("--plain") { Description = "Lines of text, and no control of the screen." };
    private readonly Shell _shell;

    public MonitorCommand(Shell shell)
        : base("monitor", "Watches access logs: what comes, from whom, and whether it is too much.", """
            It reads from the end of the log on and follows it when it is rotated. Stats are of the last interval, alerts
            look at the window: with the usual threshold 1,200 requests in 120 seconds are quiet and 1,201 alert. Lines count
            at their own time. Nothing is sent anywhere and nothing is kept.

            Keys: q quit, p pause, Tab next panel, Enter enlarge it, arrows scroll it, t last interval or all, / filter, ? help.
            Without a terminal, and with NO_COLOR, it prints lines of text.

            Exit codes of --once: 0 quiet, 1 something alerts, 2 a log cannot be read.

            Examples:
              stathub monitor /var/log/nginx/access.log
              stathub monitor --simulate --threshold 5 --interval 5 /tmp/demo.log
              stathub monitor --once --json access.log.1 access.log
              zcat access.log.2.gz | stathub monitor --once -
            """)
    {
        _shell = shell;
        Add(_files);
        Option[] options = [_format, _interval, _window, _threshold, _errorRate, _clientRate, _bucket, _top, _fromStart, _simulate, _once, _json, _plain];
        foreach (var option in options)
            Add(option);
        _top.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var top) || top is < 1 or > MostTop))
                result.AddError($"--top is a whole number from 1 to {MostTop}.");
        });
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        try
        {
            return await WatchAsync(parsed, parsed.InvocationConfiguration.Output, cancellationToken);
        }
        catch (CommandFailure failure)
        {
            await error.WriteLineAsync(TerminalText.OfLines(failure.Message));
            return failure.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return StatHubCommand.Interrupted;
        }
        catch (IOException e) when (StandardOutput.IsGone(e))
        {
            return StatHubCommand.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await error.WriteLineAsync(TerminalText.Of(e.Message));
            return StatHubCommand.Usage;
        }
    }

    private async Task<int> WatchAsync(ParseResult parsed, TextWriter writer, CancellationToken cancellationToken)
    {
        var (settings, files, isOnce) = (SettingsOf(parsed), parsed.GetRequiredValue(_files), parsed.GetValue(_once));
        Refuse(parsed, settings, files);
        using var simulation = parsed.GetValue(_simulate) ? new SimulatedTraffic(PathOf(files[0]), _shell.Time, (ulong)_shell.Time.GetTimestamp()) : null;
        var isFromStart = isOnce || parsed.GetValue(_fromStart) || files.Any(IsStream);
        var format = LogFormat.TryParse(parsed.GetRequiredValue(_format), out var known, out _) ? known : null;
        var run = new MonitorRun(
            settings, parsed.GetValue(_interval), !isFromStart,
            monitor => [.. files.Select(file => new MonitoredLog(Open(file, isFromStart, cancellationToken), format, monitor, _shell.Time))], _shell.Time);
        using var logs = new Disposables(run.Logs);
        using var output = OutputOf(parsed, writer);
        if (!isOnce)
        {
            await run.FollowAsync(output, () => simulation?.Write(), cancellationToken);
            return StatHubCommand.Success;
        }
        var alerts = await run.OnceAsync(output, cancellationToken);
        if (run.Logs.FirstOrDefault(log => log.IsUnrecognised) is { } unread)
            throw CommandFailure.Usage($"{unread.Input.Name}: its format is not recognised. It is one of {LogFormat.Choice}: name it by --format.");
        return alerts ? StatHubCommand.Failure : StatHubCommand.Success;
    }

    private IMonitorOutput OutputOf(ParseResult parsed, TextWriter writer)
    {
        var (top, isOnce) = (parsed.GetValue(_top), parsed.GetValue(_once));
        if (parsed.GetValue(_json))
            return new JsonOutput(writer, top, isOnce);
        if (isOnce || parsed.GetValue(_plain) || _shell.Output is not { HasColor: true } || _shell.OpenWindow is null)
            return new PlainOutput(writer, top, isOnce);
        return new MonitorScreen(_shell.OpenWindow(), top);
    }

    private MonitorSettings SettingsOf(ParseResult parsed) => new()
    {
        Window = parsed.GetValue(_window),
        Bucket = parsed.GetValue(_bucket),
        Threshold = parsed.GetValue(_threshold),
        ErrorRate = parsed.GetValue(_errorRate),
        ClientRate = parsed.GetValue(_clientRate),
    };

    /// <summary>What is right by itself and wrong together.</summary>
    private void Refuse(ParseResult parsed, MonitorSettings settings, string[] files)
    {
        if (settings.WindowSettings.Mistake is { } mistake)
            throw CommandFailure.Usage($"--window and --bucket: {mistake}");
        if (parsed.GetValue(_simulate) && (files.Length != 1 || IsStream(files[0]) || parsed.GetValue(_once)))
            throw CommandFailure.Usage("--simulate writes to one file, that is watched from then on.");
        if (files.Count(file => file == "-") > 1)
            throw CommandFailure.Usage("Standard input can be read once.");
        if (!parsed.GetValue(_once))
            return;
        if (files.FirstOrDefault(file => file != "-" && !Path.Exists(PathOf(file))) is { } missing)
            throw CommandFailure.Usage($"{missing} does not exist.");
    }

    private ILogInput Open(string file, bool isFromStart, CancellationToken cancellationToken)
    {
        if (file == "-")
            return new StreamedLog("standard input", _shell.OpenInput(), cancellationToken);
        if (Directory.Exists(PathOf(file)))
            throw CommandFailure.Usage($"{file} is a folder.");
        return IsPacked(file)
            ? new StreamedLog(file, new GZipStream(File.OpenRead(PathOf(file)), CompressionMode.Decompress), cancellationToken)
            : new FollowedLog(PathOf(file), isFromStart, _shell.Time);
    }

    private bool IsStream(string file) => file == "-" || IsPacked(file);

    private bool IsPacked(string file)
    {
        if (!File.Exists(PathOf(file)))
            return false;
        using var packed = File.Open(PathOf(file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return packed.ReadByte() == 0x1f && packed.ReadByte() == 0x8b;
    }

    private string PathOf(string file) => Path.Combine(_shell.Folder, file);

    private static Option<TimeSpan> Seconds(string name, string description, int usual) => new(name)
    {
        Description = description + " Seconds; 0.1 and up, or with a unit: 500ms, 10s, 2m.",
        HelpName = "time",
        DefaultValueFactory = _ => TimeSpan.FromSeconds(usual),
        CustomParser = result =>
        {
            if (TryParseTime(result.Tokens[0].Value, out var time) && time >= TimeSpan.FromMilliseconds(100) && time <= TimeSpan.FromDays(1))
                return time;
            result.AddError($"{name} is a time from 0.1 seconds to a day, such as 10, 500ms or 2m.");
            return default;
        },
    };

    private static bool TryParseTime(string text, out TimeSpan time)
    {
        (string Unit, decimal Milliseconds)[] units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("", 1_000)];
        var (unit, milliseconds) = units.First(known => text.EndsWith(known.Unit, StringComparison.Ordinal));
        var isNumber = decimal.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= 1_000_000;
        time = isNumber ? TimeSpan.FromMilliseconds((long)(number * milliseconds)) : default;
        return isNumber;
    }

    private static Option<decimal> Number(string name, string description, decimal usual, decimal most) => new(name)
    {
        Description = description,
        HelpName = "number",
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            if (decimal.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number <= most && decimal.Round(number, 6) == number)
                return number;
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is a number from 0 to {most:#,0}, with at most 6 digits behind the point."));
            return default;
        },
    };

    /// <summary>Ends all logs.</summary>
    private sealed class Disposables(IReadOnlyList<MonitoredLog> logs) : IDisposable
    {
        public void Dispose()
        {
            foreach (var log in logs)
                log.Dispose();
        }
    }
}
