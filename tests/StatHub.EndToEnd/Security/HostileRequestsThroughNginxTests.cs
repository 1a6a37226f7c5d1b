using StatHub.EndToEnd.Nginx;

namespace StatHub.EndToEnd.Security;

/// <summary>Addresses, lengths and headers that somebody outside may send. All of them go to one site, which none may change.</summary>
public sealed class HostileRequestsThroughNginxTests(AttackedSite site) : IClassFixture<AttackedSite>
{
    [Theory]
    [InlineData("/api/v1/tenants/demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other/../demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other/%2e%2e/demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other%2f..%2fdemo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other%2F%2E%2E%2Fdemo/count")]
    [InlineData("/api/v1/tenants//demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/./demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/%64emo/keys/secret/count")]
    [InlineData("/api/v1/tenants/demo%00/keys/secret/count")]
    [InlineData("/api/v1/tenants/DEMO/keys/secret/count")]
    [InlineData("/api/v1/tenants/other/keys/..%2f..%2fdemo%2fkeys%2fsecret/count")]
    [InlineData("/api/v1/tenants/other/keys/../../demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other/keys/%2e%2e/%2e%2e/demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other;tenant=demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other/keys/secret/count?tenant=demo")]
    [InlineData("/api/v1/tenants/other/keys/secret/hits?cursor=../../demo")]
    [InlineData("/statcount/other/../demo/secret")]
    [InlineData("/rawlog/other%2f..%2fdemo/secret")]
    [InlineData("/api/v1/../../segments/demo")]
    [InlineData("/api/v1/tenants/other/events/..%2f..%2fdemo%2fevents%2f1")]
    public async Task No_spelling_of_an_address_leads_to_another_tenant(string target)
    {
        var answer = await RawHttp.SendAsync(site.Port, $"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {site.Token}\r\nConnection: close\r\n\r\n");

        if (RawHttp.Status(answer) == 200)
            answer.Should().MatchRegex("\"hits\":0|\r\n0\r\n|\\[\\s*\\]", "what is answered is the token's own tenant, which has nothing");
        else
            RawHttp.Status(answer).Should().BeOneOf(400, 403, 404);
        answer.Should().NotContain("\"tenant\":\"demo\"").And.NotContain("\"hits\":3");
    }

    [Theory]
    [InlineData("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/tenants/other/count HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /api/v1/tenants/other/count HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Content-Length: 4\r\nContent-Length: 60\r\n\r\nabcdGET /api/v1/tenants/other/count HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData("Content-Length: -1\r\n\r\n")]
    [InlineData("Content-Length : 4\r\n\r\nabcd")]
    [InlineData("Content-Length: 4\r\n X: folded\r\n\r\nabcd")]
    public async Task A_request_that_two_servers_could_read_differently_is_refused(string rest)
    {
        var answer = await RawHttp.SendAsync(site.Port, $"POST /log/event/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token {site.Token}\r\n{rest}", isAll: true);

        var statuses = answer.Split("HTTP/1.1 ")[1..];
        statuses.Should().ContainSingle("nothing behind the request is taken for another one").Which[..3].Should().BeOneOf("400", "411", "413", "501");
        (await site.Api.HitsAsync("other")).Should().Be(0);
    }

    [Theory]
    [InlineData("\r\nX-Forged: 1")]
    [InlineData("%0d%0aX-Forged:%201")]
    [InlineData("%E5%98%8D%E5%98%8AX-Forged:%201")]
    public async Task No_header_can_be_forged_by_what_a_client_names(string forged)
    {
        foreach (var target in (string[])[$"/api/v1/tenants/other{forged}/count", $"/api/v1/tenants/other/hits?limit=1&cursor={forged}", $"/log/event/{forged}", $"/api/v1/tenants/other/top/{forged}"])
        {
            var answer = await RawHttp.SendAsync(site.Port, $"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {site.Token}\r\nConnection: close\r\n\r\n");
            answer.Split("\r\n\r\n")[0].Should().NotContain("X-Forged", target);
        }
    }
}
