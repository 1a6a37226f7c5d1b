using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StatHub.Server.Retention;

/// <summary>How raw hits and sums go that are not kept any longer (section <c>StatHub:Retention</c>).</summary>
public sealed class RetentionOptions
{
    /// <summary>How often it is looked for days and months that are over.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);
}

[OptionsValidator]
internal sealed partial class RetentionOptionsValidator : IValidateOptions<RetentionOptions>;
