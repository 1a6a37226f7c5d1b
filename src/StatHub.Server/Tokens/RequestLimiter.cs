using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

/// <summary>
/// How often an address and a token may ask, for the framework's middleware. Its own limiters keep an object for each key that asked lately and go by a clock that no test
/// can set; these are two numbers in a table of a fixed size.
/// </summary>
internal sealed class RequestLimiter : PartitionedRateLimiter<HttpContext>
{
    private static readonly Lease Passed = new(TimeSpan.Zero);

    private readonly AddressNetworks _exempt;
    private readonly Buckets? _addresses;
    private readonly Buckets? _tokens;

    public RequestLimiter(IOptions<LimitOptions> options, TimeProvider time)
    {
        var limits = options.Value;
        _exempt = AddressNetworks.Parse(limits.Exempt);
        _addresses = Make(limits.PerAddress, limits.PerAddressBurst, time);
        _tokens = Make(limits.PerToken, limits.PerTokenBurst, time);
    }

    public override RateLimiterStatistics? GetStatistics(HttpContext resource) => null;

    protected override RateLimitLease AttemptAcquireCore(HttpContext resource, int permitCount)
    {
        if (resource.Connection.RemoteIpAddress is not { } address || _exempt.Contains(address))
            return Passed;
        var wait = _addresses?.Add(ClientAddress.Number(address)) ?? TimeSpan.Zero;
        if (wait == TimeSpan.Zero && _tokens is not null && resource.Features.Get<Token>() is { } token)
            wait = _tokens.Add((UInt128)token.Id);
        return wait == TimeSpan.Zero ? Passed : new Lease(wait);
    }

    // Nobody waits in a queue: a client that is told when to come again keeps no connection.
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(HttpContext resource, int permitCount, CancellationToken cancellationToken) =>
        new(AttemptAcquireCore(resource, permitCount));

    private static Buckets? Make(int perSecond, int burst, TimeProvider time) =>
        perSecond == 0 ? null : new Buckets(time, TimeSpan.FromSeconds(1) / perSecond, burst);

    private sealed class Lease(TimeSpan wait) : RateLimitLease
    {
        public override bool IsAcquired => wait == TimeSpan.Zero;

        public override IEnumerable<string> MetadataNames => IsAcquired ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
        {
            metadata = !IsAcquired && metadataName == MetadataName.RetryAfter.Name ? wait : null;
            return metadata is not null;
        }
    }
}
