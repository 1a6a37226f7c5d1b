using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using StatHub.Cli.Rest;
using StatHub.Contracts.Json;
using StatHub.Core.Time;

namespace StatHub.Cli.Commands;

/// <summary>The options that say which stretch of time is meant.</summary>
internal sealed class RangeOptions
{
    /// <summary>The rule, for the manual of every command that has these options.</summary>
    public const string Manual = """
        The range: --from is in it, --to is not; each is a date (its midnight in --tz) or an instant such as
        2026-03-01T10:00:00Z, and counts by the minute. Without --from it begins with today, without --to it has no end.
          --today       from today's midnight on
          --yesterday   from yesterday's midnight to today's
          --last 90m    the last 90 minutes; 24h: the last 24 hours
          --last 7d     seven whole days of --tz, of which today is the last; 4w: 28 such days
        "Today" and "now" are those of this machine's clock; --tz is UTC unless given.
        """;

    private readonly Option<string?> _from = new("--from") { Description = "The first day or instant. Without it today.", HelpName = "instant" };
    private readonly Option<string?> _to = new("--to") { Description = "The first day or instant that is not in it.", HelpName = "instant" };
    private readonly Option<string?> _tz = new("--tz") { Description = "Time zone of dates, such as Europe/Berlin. Without it UTC.", HelpName = "zone" };
    private readonly Option<bool> _today = new("--today") { Description = "Today." };
    private readonly Option<bool> _yesterday = new("--yesterday") { Description = "Yesterday." };
    private readonly Option<string?> _last = new("--last") { Description = "So long until now: 90m, 24h, 7d, 4w.", HelpName = "time" };
    private readonly TimeProvider _time;

    public RangeOptions(TimeProvider time)
    {
        _time = time;
        _last.Validators.Add(CheckLast);
        _tz.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !LocalClock.TryFind(token.Value, out _))
                result.AddError($"'{token.Value}' is no time zone that is known here; it is a name such as Europe/Berlin.");
        });
    }

    public void AddTo(Command command)
    {
        Option[] options = [_from, _to, _last, _today, _yesterday, _tz];
        foreach (var option in options)
            command.Add(option);
        command.Validators.Add(CheckTogether);
    }

    /// <summary>Whether the range begins where somebody said.</summary>
    public bool HasBeginning(ParseResult parsed) => Text(parsed).From is not null;

    /// <summary>Whether an option was given that ends the range.</summary>
    public bool HasEndIn(CommandResult result) => result.GetResult(_to) is not null || result.GetResult(_yesterday) is { Implicit: false };

    /// <summary>Adds <c>from</c>, <c>to</c> and <c>tz</c>.</summary>
    public RestPath AddTo(RestPath path, ParseResult parsed)
    {
        var (from, to) = Text(parsed);
        return path.With("from", from).With("to", to).With("tz", parsed.GetValue(_tz));
    }

    private (string? From, string? To) Text(ParseResult parsed)
    {
        var clock = parsed.GetValue(_tz) is { } zone && LocalClock.TryFind(zone, out var found) ? found : LocalClock.Utc;
        if (parsed.GetValue(_today))
            return (Day(clock, 0), null);
        if (parsed.GetValue(_yesterday))
            return (Day(clock, -1), Day(clock, 0));
        if (parsed.GetValue(_last) is { } last && TryParseLast(last, out var amount, out var unit))
            return (Since(clock, amount, unit), null);
        return (parsed.GetValue(_from), parsed.GetValue(_to));
    }

    private string Since(LocalClock clock, int amount, char unit) => unit switch
    {
        'm' => InstantConverter.ToText(_time.GetUtcNow().AddMinutes(-amount)),
        'h' => InstantConverter.ToText(_time.GetUtcNow().AddHours(-amount)),
        'd' => Day(clock, 1 - amount),
        _ => Day(clock, 1 - 7 * amount),
    };

    private string Day(LocalClock clock, int days) => clock.Date(MinuteRange.MinuteOf(_time.GetUtcNow())).AddDays(days)
        .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static bool TryParseLast(string text, out int amount, out char unit)
    {
        unit = text.Length > 1 ? text[^1] : ' ';
        amount = 0;
        // Ten thousand weeks are 192 years: no date overflows.
        return unit is 'm' or 'h' or 'd' or 'w'
            && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out amount)
            && amount is >= 1 && amount <= (unit == 'w' ? 10_000 : 1_000_000) && (unit != 'd' || amount <= 70_000);
    }

    private static void CheckLast(OptionResult result)
    {
        if (result.Tokens is [var token] && !TryParseLast(token.Value, out _, out _))
            result.AddError($"--last needs a number and m, h, d or w, as 90m, 24h, 7d or 4w, not '{token.Value}'.");
    }

    private void CheckTogether(CommandResult result)
    {
        Option[] whole = [_today, _yesterday, _last];
        var given = whole.Where(option => result.GetResult(option) is { Implicit: false }).ToList();
        var hasEnds = result.GetResult(_from) is not null || result.GetResult(_to) is not null;
        if (given.Count > 1 || (given.Count == 1 && hasEnds))
            result.AddError("Give --from and --to, or one of --last, --today and --yesterday.");
    }
}
