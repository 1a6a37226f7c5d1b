using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StatHub.Server.Journal;

/// <summary>How the journal is cut and read (section <c>StatHub:Journal</c>).</summary>
public sealed class JournalOptions
{
    /// <summary>Time between two cuts; 00:00:00 makes none but those that are asked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan CutInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long nginx may write to a cut file after it was signalled; then the cut has failed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ReopenPatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a failed cut is tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan HealInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Least time from the beginning of a pass over the journal to that of the next; a fresh answer does not wait for it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(1);
}

[OptionsValidator]
internal sealed partial class JournalOptionsValidator : IValidateOptions<JournalOptions>;
