using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StatHub.Server.Compaction;

/// <summary>How finished days are compacted (section <c>StatHub:Compaction</c>).</summary>
public sealed class CompactionOptions
{
    /// <summary>Whether it is done by itself.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long after its end a day is compacted: late hits come meanwhile.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan After { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How long after the last time a day that got late hits is compacted again.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan AgainAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often it is looked for finished days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Lines are read and written at no more than so many bytes a second, uncompressed; 0 is as fast as it goes.</summary>
    [Range(0, long.MaxValue)]
    public long MostBytesPerSecond { get; set; } = 32 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class CompactionOptionsValidator : IValidateOptions<CompactionOptions>;
