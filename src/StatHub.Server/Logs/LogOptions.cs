using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using StatHub.Storage.Logs;

namespace StatHub.Server.Logs;

/// <summary>Section <c>StatHub:Logs</c>.</summary>
internal sealed class LogOptions
{
    public const string Section = "StatHub:Logs";

    /// <summary>The key of the hashes that stand for the names of hosts in reports of ringserver; without one they are the same everywhere.</summary>
    [MinLength(16)]
    public string? HostHashKey { get; set; }

    /// <summary>A large import goes into the journal in parts of up to so many bytes of journal lines, of which at most some five wait there.</summary>
    [Range(1024 * 1024, 16L * 1024 * 1024 * 1024)]
    public long PartBytes { get; set; } = new LogImportSettings().PartBytes;
}

[OptionsValidator]
internal sealed partial class LogOptionsValidator : IValidateOptions<LogOptions>;
