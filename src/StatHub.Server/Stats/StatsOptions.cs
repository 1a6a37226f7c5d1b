using Microsoft.Extensions.Options;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;

namespace StatHub.Server.Stats;

/// <summary>Section <c>StatHub:Stats</c>.</summary>
internal sealed class StatsOptions
{
    public const string Section = "StatHub:Stats";

    /// <summary>The tenant that requests without a token act for; without it they are refused.</summary>
    public string? AnonymousTenant { get; set; }

    /// <summary>How long the buckets of gauges are.</summary>
    public TimeSpan GaugeBucket { get; set; } = Core.Stats.GaugeBucket.UsualLength;

    /// <summary>How often a stream has a message.</summary>
    public TimeSpan StreamInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many stats of ids a tenant may have.</summary>
    public long IdLimit { get; set; } = new StatBounds().Ids;

    /// <summary>How many stats of dim values a tenant may have.</summary>
    public long ValueLimit { get; set; } = new StatBounds().Values;

    /// <summary>How many members all sets of a tenant may have together.</summary>
    public long MemberLimit { get; set; } = new StatBounds().Members;

    /// <summary>Whether stats are archived.</summary>
    public bool ArchiveEnabled { get; set; } = true;

    /// <summary>How often each dim is archived.</summary>
    public TimeSpan ArchivePeriod { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a dim is archived that has a period of its own, by the dim.</summary>
    public IDictionary<string, TimeSpan> Archive { get; } = new Dictionary<string, TimeSpan>(StringComparer.OrdinalIgnoreCase);
}

internal sealed class StatsOptionsValidator : IValidateOptions<StatsOptions>
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, StatsOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (!string.IsNullOrEmpty(options.AnonymousTenant) && !TenantId.TryParse(options.AnonymousTenant, out _))
            result.AddError($"{StatsOptions.Section}:AnonymousTenant is '{options.AnonymousTenant}': a tenant is 1 to 32 characters of a-z and 0-9.");
        if (!IsSeconds(options.GaugeBucket))
            result.AddError($"{StatsOptions.Section}:GaugeBucket is a time span of whole seconds, from one to a day.");
        if (options.StreamInterval < TimeSpan.FromMilliseconds(10) || options.StreamInterval > Day)
            result.AddError($"{StatsOptions.Section}:StreamInterval is a time span from 10 milliseconds to a day.");
        if (options.IdLimit < 1 || options.ValueLimit < 1 || options.MemberLimit < 1)
            result.AddError($"{StatsOptions.Section}:IdLimit, ValueLimit and MemberLimit are numbers, 1 or more.");
        if (!IsSeconds(options.ArchivePeriod))
            result.AddError($"{StatsOptions.Section}:ArchivePeriod is a time span of whole seconds, from one to a day.");
        foreach (var (dim, _) in options.Archive.Where(own => !IsSeconds(own.Value)))
            result.AddError($"{StatsOptions.Section}:Archive:{dim} is a time span of whole seconds, from one to a day.");
        return result.Build();
    }

    private static bool IsSeconds(TimeSpan length) => length >= TimeSpan.FromSeconds(1) && length <= Day && length.Ticks % TimeSpan.TicksPerSecond == 0;
}
