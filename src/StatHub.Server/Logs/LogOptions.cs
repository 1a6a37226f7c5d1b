using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StatHub.Server.Logs;

/// <summary>Section <c>StatHub:Logs</c>.</summary>
internal sealed class LogOptions
{
    public const string Section = "StatHub:Logs";

    /// <summary>The key of the hashes that stand for the names of hosts in reports of ringserver; without one they are the same everywhere.</summary>
    [MinLength(16)]
    public string? HostHashKey { get; set; }
}

[OptionsValidator]
internal sealed partial class LogOptionsValidator : IValidateOptions<LogOptions>;
