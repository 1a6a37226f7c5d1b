using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using StatHub.Server.Http;

namespace StatHub.Tests.Server.Http;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("::1", "203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "2001:db8::7", "2001:db8::7")]
    [InlineData("127.0.0.1", "6.6.6.6, 203.0.113.7", "203.0.113.7")]
    [InlineData(null, "203.0.113.7", "203.0.113.7")]
    [InlineData("192.0.2.1", "203.0.113.7", "192.0.2.1")]
    [InlineData("10.0.0.2", "203.0.113.7", "10.0.0.2")]
    [InlineData("127.0.0.1", "nonsense", "127.0.0.1")]
    [InlineData("127.0.0.1", "", "127.0.0.1")]
    [InlineData("127.0.0.1", null, "127.0.0.1")]
    public Task A_header_names_the_client_when_this_machine_sends_it(string? peer, string? header, string client) => Check("127.0.0.0/8 ::1", peer, header, client);

    [Theory]
    [InlineData("10.0.0.2", "203.0.113.7")]
    [InlineData("192.0.2.9", "203.0.113.7")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("10.1.0.2", "10.1.0.2")]
    public Task A_proxy_that_is_configured_is_believed_and_no_other(string peer, string client) => Check("10.0.0.0/16 192.0.2.9", peer, "203.0.113.7", client);

    [Theory]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("2001:db8:1:2::7", "2001:db8:1:2:ffff::", true)]
    [InlineData("2001:db8:1:2::7", "2001:db8:1:3::7", false)]
    public void One_client_is_an_address_or_a_64(string first, string second, bool isSame) =>
        (ClientAddress.Number(IPAddress.Parse(first)) == ClientAddress.Number(IPAddress.Parse(second))).Should().Be(isSame);

    [Theory]
    [InlineData("127.0.0.0/8 ::1", true)]
    [InlineData("  192.0.2.7  ", true)]
    [InlineData("", true)]
    [InlineData("2001:db8::/32", true)]
    [InlineData("localhost", false)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("127.0.0.1,::1", false)]
    public void Networks_are_addresses_with_spaces_between(string text, bool isValid) => AddressNetworks.TryParse(text, out _).Should().Be(isValid);

    private static async Task Check(string trusted, string? peer, string? header, string client)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Configuration["StatHub:Proxies:Trusted"] = trusted;
        builder.Services.AddHttpAnswers(builder.Configuration);
        await using var app = builder.Build();
        app.UseClientAddress();
        app.Run(http => http.Response.WriteAsync($"{http.Connection.RemoteIpAddress}"));
        await app.StartAsync();

        var answer = await app.GetTestServer().SendAsync(http =>
        {
            http.Connection.RemoteIpAddress = peer is null ? null : IPAddress.Parse(peer);
            if (header is not null)
                http.Request.Headers["X-Forwarded-For"] = header;
        });

        using var reader = new StreamReader(answer.Response.Body);
        (await reader.ReadToEndAsync()).Should().BeOneOf(client, "::ffff:" + client);
    }
}
