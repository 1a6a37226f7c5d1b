using Microsoft.Extensions.Options;
using StatHub.Core.Dimensions.Referrers;

namespace StatHub.Server.Lists;

/// <summary>Section <c>StatHub:Referrers</c>.</summary>
internal sealed class ReferrerOptions
{
    public const string Section = "StatHub:Referrers";

    /// <summary>The path of a list of hosts that are no referrers, one a line; without it there are none.</summary>
    public string? SpamList { get; set; }
}

internal sealed class ReferrerOptionsValidator : IValidateOptions<ReferrerOptions>
{
    public ValidateOptionsResult Validate(string? name, ReferrerOptions options) =>
        ListFile.Validate<HostSet>(options.SpamList, HostSet.TryRead, ReferrerOptions.Section + ":SpamList");
}
