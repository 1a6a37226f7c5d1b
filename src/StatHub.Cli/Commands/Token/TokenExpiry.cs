using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Contracts.Tokens;
using StatHub.Core.Time;

namespace StatHub.Cli.Commands.Token;

/// <summary>When a token ends.</summary>
internal static class TokenExpiry
{
    public static Option<string?> Option()
    {
        var option = new Option<string?>("--expires")
        {
            Description = "When it ends: after so many days (90d), at a date (its midnight, UTC) or an instant. Without it never.",
            HelpName = "time",
        };
        option.Validators.Add(Check);
        return option;
    }

    /// <summary>The instant, or the number of days from now on; neither without the option.</summary>
    public static (DateTimeOffset? At, int? Days) Of(string? text) =>
        text is null ? (null, null)
        : TryParseDays(text, out var days) ? (null, days)
        : InstantText.TryParseMinute(text, LocalClock.Utc, out var minute) ? (MinuteRange.InstantOf(minute), null)
        : (null, null);

    /// <summary>The end of a sentence about a token.</summary>
    public static string Until(TokenInfo token) => token.ExpiresAt is { } at ? $" until {Figures.Of(at)}" : "";

    private static void Check(OptionResult result)
    {
        if (result.Tokens is [var token] && Of(token.Value) is (null, null))
            result.AddError($"--expires needs a number of days, such as 90d, a date or an instant such as 2026-03-01T10:00:00Z, not '{token.Value}'.");
    }

    private static bool TryParseDays(string text, out int days)
    {
        days = 0;
        return text.EndsWith('d') && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out days);
    }
}
