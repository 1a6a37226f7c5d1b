using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StatHub.Server.Backups;

/// <summary>How the database is copied (section <c>StatHub:Backup</c>).</summary>
public sealed class BackupOptions
{
    public const string Section = "StatHub:Backup";

    /// <summary>Whether a copy of the database is kept beside it.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How often that copy is made anew.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00", ErrorMessage = Section + ":Interval is a time span from a second to seven days.")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);
}

[OptionsValidator]
internal sealed partial class BackupOptionsValidator : IValidateOptions<BackupOptions>;
