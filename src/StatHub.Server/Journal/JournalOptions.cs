using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StatHub.Server.Journal;

/// <summary>How the journal is cut and read (section <c>StatHub:Journal</c>).</summary>
public sealed class JournalOptions
{
    /// <summary>Time between two cuts; 00:00:00 makes none but those that are asked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan CutInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Least time between two commits while hits come in; a fresh answer does not wait for it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Lag beyond which the service is not ready.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxLag { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Free disk space, in bytes, below which the service is not ready.</summary>
    [Range(0, long.MaxValue)]
    public long MinFreeBytes { get; set; } = 256 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class JournalOptionsValidator : IValidateOptions<JournalOptions>;
