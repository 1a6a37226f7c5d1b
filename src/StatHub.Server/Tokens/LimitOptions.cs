using Microsoft.Extensions.Options;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

/// <summary>Section <c>StatHub:Limits</c>: how often one client may ask.</summary>
internal sealed class LimitOptions
{
    public const string Section = "StatHub:Limits";

    /// <summary>Requests a second of one address (of IPv6: /64), in the long run; 0 for any number.</summary>
    public int PerAddress { get; set; } = 1000;

    /// <summary>Requests of one address that may come at once.</summary>
    public int PerAddressBurst { get; set; } = 5000;

    /// <summary>Requests a second with one token, in the long run; 0 for any number.</summary>
    public int PerToken { get; set; } = 2000;

    /// <summary>Requests with one token that may come at once.</summary>
    public int PerTokenBurst { get; set; } = 10_000;

    /// <summary>Wrong tokens of one address in a minute, before it is slowed to that pace; 0 for any number.</summary>
    public int WrongTokensPerMinute { get; set; } = 10;

    /// <summary>Networks without limits.</summary>
    public string Exempt { get; set; } = "127.0.0.0/8 ::1";
}

internal sealed class LimitOptionsValidator : IValidateOptions<LimitOptions>
{
    private const int Most = 1_000_000;

    public ValidateOptionsResult Validate(string? name, LimitOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.PerAddress is < 0 or > Most)
            result.AddError("StatHub:Limits:PerAddress is a number of requests a second from 0 to 1000000.");
        if (options.PerAddressBurst is < 1 or > Most)
            result.AddError("StatHub:Limits:PerAddressBurst is a number of requests from 1 to 1000000.");
        if (options.PerToken is < 0 or > Most)
            result.AddError("StatHub:Limits:PerToken is a number of requests a second from 0 to 1000000.");
        if (options.PerTokenBurst is < 1 or > Most)
            result.AddError("StatHub:Limits:PerTokenBurst is a number of requests from 1 to 1000000.");
        if (options.WrongTokensPerMinute is < 0 or > Most)
            result.AddError("StatHub:Limits:WrongTokensPerMinute is a number from 0 to 1000000.");
        if (!AddressNetworks.TryParse(options.Exempt, out _))
            result.AddError("StatHub:Limits:Exempt is a list of addresses and networks with spaces between, such as '127.0.0.0/8 ::1'.");
        return result.Build();
    }
}
