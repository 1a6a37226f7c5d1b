namespace StatHub.EndToEnd.Nginx;

public sealed class VisitorAddressTests
{
    [Theory]
    [InlineData("", "198.51.100.1", "127.0.0.1")]
    [InlineData("10.0.0.0/8", "198.51.100.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1")]
    [InlineData("127.0.0.0/8 198.51.100.0/24", "203.0.113.5, 198.51.100.1", "203.0.113.5")]
    [InlineData("127.0.0.1", "2001:db8::1", "2001:db8::1")]
    [InlineData("127.0.0.1", "no address", "127.0.0.1")]
    public async Task The_address_comes_from_the_last_hop_that_is_not_trusted(string trusted, string header, string address)
    {
        await using var nginx = await NginxServer.StartAsync(("STATHUB_TRUSTED_PROXIES", trusted));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/p/demo/home");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", header);
        await nginx.Client.SendAsync(request);

        var line = (await nginx.LinesAsync(1)).Single();
        line["remote_addr"].Should().Be(address);
        line["http_x_forwarded_for"].Should().Be(header);
    }

    [Fact]
    public async Task The_header_of_a_cdn_can_be_chosen()
    {
        await using var nginx = await NginxServer.StartAsync(
            ("STATHUB_TRUSTED_PROXIES", "127.0.0.1"), ("STATHUB_REAL_IP_HEADER", "CF-Connecting-IP"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/p/demo/home");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "6.6.6.6");
        request.Headers.TryAddWithoutValidation("CF-Connecting-IP", "198.51.100.1");
        await nginx.Client.SendAsync(request);

        (await nginx.LinesAsync(1)).Single()["remote_addr"].Should().Be("198.51.100.1");
    }
}
