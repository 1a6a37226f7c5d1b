using System.CommandLine;
using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Cli.Traffic;
using StatHub.Core.Tenants;

namespace StatHub.Cli.Commands.Journal;

/// <summary><c>stathub generate</c>: journal lines like those of real traffic.</summary>
internal sealed class GenerateCommand : VerbCommand
{
    private readonly Option<long> _lines = new("--lines") { Description = "How many lines.", DefaultValueFactory = _ => 1000 };

    private readonly Option<string> _tenants = new("--tenants")
    {
        Description = "Names with commas between, or how many (demo, site2, site3, …); the first has the most hits.",
        DefaultValueFactory = _ => "demo",
    };

    private readonly Option<int> _keys = new("--keys") { Description = "Keys of each tenant.", DefaultValueFactory = _ => 50 };
    private readonly Option<DateTimeOffset?> _from = Instant("--from", "The first instant; 24 hours before --to without it.");
    private readonly Option<DateTimeOffset?> _to = Instant("--to", "The end of the span, exclusive; now without it.");
    private readonly Option<int> _seed = new("--seed") { Description = "Another seed, other lines.", DefaultValueFactory = _ => 1 };
    private readonly Option<double> _invalid = new("--invalid")
    {
        Description = "Percent of hostile lines: malformed, torn, glued, bad names, bad values, floods.",
        HelpName = "percent",
    };

    private readonly Option<string> _format = new("--format")
    {
        Description = "journal, or combined: the same hits as nginx's combined log.",
        DefaultValueFactory = _ => "journal",
    };

    private readonly Option<string> _prefix = new("--prefix") { Description = "First part of the pixel's path.", DefaultValueFactory = _ => "p" };
    private readonly Option<FileInfo?> _out = new("--out", "-o") { Description = "A new file; standard output without it.", HelpName = "file" };
    private readonly Shell _shell;

    public GenerateCommand(Shell shell)
        : base("generate", "Writes journal lines like those of real traffic.", """
            Lines have browsers and bots, referrers, languages, campaigns and values, few popular keys and many rare ones,
            nights and evenings; they are some 600 bytes long. The same arguments, with --from and --to, give the
            same bytes. A summary goes to standard error.

            Examples:
              stathub generate --lines 1000000 --tenants 20 --keys 500 --out hits.log
              stathub generate --from 2025-01-01 --to 2026-01-01 --lines 100000 --seed 7 --out year.log
              stathub generate --lines 10000 --invalid 5 > hostile.log
              stathub generate --lines 1000 --format combined | goaccess --log-format=COMBINED -
            """)
    {
        _shell = shell;
        Option[] options = [_lines, _tenants, _keys, _from, _to, _seed, _invalid, _format, _prefix, _out];
        foreach (var option in options)
            Add(option);
        _format.AcceptOnlyFromAmong("journal", "combined");
        Require(_lines, lines => lines >= 0, "--lines must not be negative.");
        Require(_keys, keys => keys is >= 1 and <= 1_000_000, "--keys must be 1 to 1,000,000.");
        Require(_invalid, percent => percent is >= 0 and <= 100, "--invalid is a percentage, 0 to 100.");
        Require(_tenants, text => TenantsOf(text) is not null, "--tenants must be 1 to 10,000, or names of a-z and 0-9 with commas between.");
        Require(_prefix, text => text.Length is > 0 and <= 32 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'),
            "--prefix must be 1 to 32 of a-z, 0-9 and -.");
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        var plan = PlanOf(parsed);
        if (Contradiction(plan) is { } contradiction)
        {
            await error.WriteLineAsync(contradiction);
            return StatHubCommand.Usage;
        }
        try
        {
            await using var output = parsed.GetValue(_out) is { } file
                ? new FileStream(file.FullName, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0)
                : _shell.OpenOutput();
            var summary = new TrafficGenerator(plan).Write(output, cancellationToken);
            await error.WriteLineAsync(Describe(summary));
            return StatHubCommand.Success;
        }
        catch (IOException e) when (StandardOutput.IsGone(e))
        {
            return StatHubCommand.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return StatHubCommand.Failure;
        }
    }

    private TrafficPlan PlanOf(ParseResult parsed)
    {
        var to = parsed.GetValue(_to) ?? _shell.Time.GetUtcNow();
        return new TrafficPlan
        {
            Lines = parsed.GetValue(_lines),
            Tenants = TenantsOf(parsed.GetValue(_tenants)!)!,
            KeysPerTenant = parsed.GetValue(_keys),
            From = parsed.GetValue(_from) ?? to.AddDays(-1),
            To = to,
            Seed = parsed.GetValue(_seed),
            HostilePercent = parsed.GetValue(_invalid),
            Format = Enum.Parse<TrafficFormat>(parsed.GetValue(_format)!, ignoreCase: true),
            Prefix = parsed.GetValue(_prefix)!,
        };
    }

    // Options that are right by themselves and wrong together.
    private static string? Contradiction(TrafficPlan plan)
    {
        if (plan.From >= plan.To)
            return "--from must be before --to.";
        return plan is { HostilePercent: > 0, Format: TrafficFormat.Combined }
            ? "--invalid is for the journal's format; a combined log has no such lines."
            : null;
    }

    private static string Describe(TrafficSummary summary)
    {
        var average = summary.Lines == 0 ? 0 : summary.Bytes / (double)summary.Lines;
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{summary.Lines} lines, {summary.Bytes} bytes, {average:0} bytes a line, {summary.Hostile.Values.Sum()} hostile");
        return summary.Hostile.Count == 0 ? text : $"{text}: {string.Join(", ", summary.Hostile.Select(kind => $"{kind.Key} {kind.Value}"))}";
    }

    private static string[]? TenantsOf(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return count is >= 1 and <= 10_000 ? [.. Enumerable.Range(1, count).Select(i => i == 1 ? "demo" : $"site{i}")] : null;
        var names = text.Split(',');
        return names.All(name => TenantId.TryParse(name, out _)) ? names : null;
    }

    private static Option<DateTimeOffset?> Instant(string name, string description) => new(name)
    {
        Description = description + " A date or an RFC 3339 instant, UTC where it says no offset.",
        HelpName = "instant",
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
                && instant.Year is >= 1970 and <= 9998)
                return instant;
            result.AddError($"{name} needs a date or an instant from 1970 on, as 2025-01-31 or 2025-01-31T12:00:00Z.");
            return null;
        },
    };

    private static void Require<T>(Option<T> option, Func<T, bool> holds, string message) => option.Validators.Add(result =>
    {
        try
        {
            if (!holds(result.GetValueOrDefault<T>()!))
                result.AddError(message);
        }
        catch (InvalidOperationException)
        {
            // It is no T at all; the parser says so itself.
        }
    });
}
