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

    /// <summary>Whether a request with <c>DNT: 1</c> is counted without address and visitor.</summary>
    public bool HonorDoNotTrack { get; set; }

    /// <summary>Whether a request with <c>Sec-GPC: 1</c> is counted without address and visitor.</summary>
    public bool HonorGlobalPrivacyControl { get; set; }

    /// <summary>The choice; only of options that are valid.</summary>
    public PrivacyRules Rules => new(Enum.Parse<AddressTreatment>(Addresses, ignoreCase: true), HonorDoNotTrack, HonorGlobalPrivacyControl);
}

[OptionsValidator]
internal sealed partial class PrivacyOptionsValidator : IValidateOptions<PrivacyOptions>;
