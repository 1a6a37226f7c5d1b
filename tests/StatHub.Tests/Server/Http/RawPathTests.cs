using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using StatHub.Server.Http;

namespace StatHub.Tests.Server.Http;

public sealed class RawPathTests
{
    [Theory]
    [InlineData("/stats/country", "country")]
    [InlineData("/stats/a%2Fb", "a/b")]
    [InlineData("/stats/a%252Fb", "a%2Fb")]
    [InlineData("/stats/100%25/", "100%")]
    [InlineData("/stats/100%25?x=%2F/y", "100%")]
    [InlineData("/stats/100%25/.", "100%")]
    [InlineData("/stats/100%25/x/..", "100%")]
    [InlineData("/stats/x/%2e%2E/100%25", "100%")]
    [InlineData("/stats/./100%25/x/y/../%2e%2e/", "100%")]
    public void A_part_is_the_one_that_the_route_saw(string target, string part)
    {
        var http = new DefaultHttpContext();
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        // As the server decodes it: all but an encoded slash.
        http.Request.RouteValues["name"] = part.Contains('/') ? part.Replace("/", "%2F", StringComparison.Ordinal) : part;

        RawPath.Part(http, "name").Should().Be(part);
    }
}
