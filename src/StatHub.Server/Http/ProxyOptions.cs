using Microsoft.Extensions.Options;

namespace StatHub.Server.Http;

/// <summary>Section <c>StatHub:Proxies</c>: who stands between clients and the API.</summary>
internal sealed class ProxyOptions
{
    public const string Section = "StatHub:Proxies";

    /// <summary>Networks whose <c>X-Forwarded-For</c> names the client. nginx overwrites that header; of others it is what anyone can send.</summary>
    public string Trusted { get; set; } = "127.0.0.0/8 ::1";
}

internal sealed class ProxyOptionsValidator : IValidateOptions<ProxyOptions>
{
    public ValidateOptionsResult Validate(string? name, ProxyOptions options) => AddressNetworks.TryParse(options.Trusted, out _)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail("StatHub:Proxies:Trusted is a list of addresses and networks with spaces between, such as '127.0.0.0/8 ::1'.");
}
