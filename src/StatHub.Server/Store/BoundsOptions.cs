using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using StatHub.Core.Tenants;

namespace StatHub.Server.Store;

/// <summary>Section <c>StatHub:Bounds</c>: what tenants may have that have no limits of their own.</summary>
internal sealed class BoundsOptions
{
    public const string Section = "StatHub:Bounds";

    /// <summary>How many keys.</summary>
    [Range(1, 10_000_000, ErrorMessage = Section + ":KeyLimit is a number of keys from 1 to 10000000.")]
    public int KeyLimit { get; set; } = Tenant.UsualKeyLimit;
}

[OptionsValidator]
internal sealed partial class BoundsOptionsValidator : IValidateOptions<BoundsOptions>;
