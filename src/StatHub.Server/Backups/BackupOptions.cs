using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StatHub.Server.Backups;

/// <summary>How the database is copied, and where backups go (section <c>StatHub:Backup</c>).</summary>
public sealed class BackupOptions
{
    public const string Section = "StatHub:Backup";

    /// <summary>Whether a copy of the database is kept beside it.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How often that copy is made anew.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00", ErrorMessage = Section + ":Interval is a time span from a second to seven days.")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The folder of backups; empty for <c>backups</c> in the data folder.</summary>
    public string? Folder { get; set; }

    /// <summary>How many backups are kept.</summary>
    [Range(1, 10_000, ErrorMessage = Section + ":Keep is a number of backups from 1 to 10000.")]
    public int Keep { get; set; } = 7;

    /// <summary>A backup reads no more than so many bytes a second; 0 is as fast as it goes.</summary>
    [Range(0, long.MaxValue, ErrorMessage = Section + ":MostBytesPerSecond is a number of bytes, or 0.")]
    public long MostBytesPerSecond { get; set; } = 64 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class BackupOptionsValidator : IValidateOptions<BackupOptions>;
