using Microsoft.Extensions.Options;
using StatHub.Storage.Alerts;

namespace StatHub.Server.Alerts;

/// <summary>Section <c>StatHub:Alerts</c>.</summary>
internal sealed class AlertOptions
{
    public const string Section = "StatHub:Alerts";

    /// <summary>Whether receivers may be on this machine or in private networks.</summary>
    public bool AllowPrivateReceivers { get; set; }

    /// <summary>How many days a change of state is in the history.</summary>
    public int HistoryDays { get; set; } = 90;

    /// <summary>How long a receiver has for its answer.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a notification is tried again.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);

    public AlertSettings Settings => new() { KeptHistory = TimeSpan.FromDays(HistoryDays) };
}

internal sealed class AlertOptionsValidator : IValidateOptions<AlertOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.HistoryDays is < 1 or > 3650)
            result.AddError($"{AlertOptions.Section}:HistoryDays is a number of days from 1 to 3650.");
        if (options.SendTimeout < TimeSpan.FromMilliseconds(10) || options.SendTimeout > TimeSpan.FromMinutes(1))
            result.AddError($"{AlertOptions.Section}:SendTimeout is a time span from 10 milliseconds to a minute.");
        if (options.GiveUpAfter < TimeSpan.FromSeconds(1) || options.GiveUpAfter > TimeSpan.FromDays(7))
            result.AddError($"{AlertOptions.Section}:GiveUpAfter is a time span from a second to 7 days.");
        return result.Build();
    }
}
