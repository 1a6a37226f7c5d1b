using System.Net;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Privacy;

namespace StatHub.Tests.Privacy;

public class AddressTextTests
{
    [Theory]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::")]
    [InlineData("2001:db8:1::", "2001:db8:1::")]
    [InlineData("2001:db8:1::7", "2001:db8:1::")]
    [InlineData("2001:DB8:1::7", "2001:db8:1::")]
    [InlineData("2001:0db8:1::7", "2001:db8:1::")]
    [InlineData("2001:db8:0:1::7", "2001:db8::")]
    [InlineData("2001:db8:1:2:3:4:5", "")]
    [InlineData("2001:db8:1:2:3:4:5:6:7", "")]
    [InlineData("2001:db8:1:2:3:4:5:", "")]
    [InlineData("2001:db8:1:", "")]
    [InlineData("2001:db8:1", "")]
    [InlineData("2001:db8:1::2::3", "")]
    [InlineData("2001:db8:1:::3", "")]
    [InlineData("2001:db8:1::g", "")]
    [InlineData("2001:db8:1::12345", "")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.0")]
    public void An_address_of_ipv6_keeps_its_first_48_bits(string address, string network) => AddressText.Truncate(address).Should().Be(network);

    [Fact]
    public void However_an_address_is_spelled_its_network_is_that_of_the_framework()
    {
        var part = Gen.Elements("0", "1", "a", "2001", "db8", "DB8", "0db8", "ffff", "10000", "g", "");
        var address = from count in Gen.Choose(1, 9) from parts in Gen.ArrayOf(part, count) select string.Join(":", parts);
        Prop.ForAll(address.ToArbitrary(), text => AddressText.Truncate(text) == Network(text)).Check(Config.QuickThrowOnFailure.WithMaxTest(50_000));
    }

    private static string Network(string text)
    {
        // Without a colon, or with a single one, it is no address of IPv6 but one of IPv4 with a port.
        if (text.Count(c => c == ':') < 2)
            return AddressText.Truncate(text);
        if (!IPAddress.TryParse(text, out var address))
            return "";
        if (address.IsIPv4MappedToIPv6)
            return AddressText.Truncate(address.MapToIPv4().ToString());
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(6).Clear();
        return new IPAddress(bytes).ToString();
    }
}
