using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using StatHub.Core.Privacy;

namespace StatHub.Server.Store;

/// <summary>Section <c>StatHub:Privacy</c>.</summary>
internal sealed class PrivacyOptions
{
    public const string Section = "StatHub:Privacy";

    /// <summary>What becomes of client addresses in stored lines; text, so that a misspelt choice is reported with all other mistakes.</summary>
    [Required]
    [RegularExpression("(?i)truncated|full|none", ErrorMessage = Section + ":Addresses is truncated, full or none.")]
    public string Addresses { get; set; } = "truncated";

    /// <summary>The choice; only of options that are valid.</summary>
    public AddressTreatment Treatment => Enum.Parse<AddressTreatment>(Addresses, ignoreCase: true);
}

[OptionsValidator]
internal sealed partial class PrivacyOptionsValidator : IValidateOptions<PrivacyOptions>;
