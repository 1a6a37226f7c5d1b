using StatHub.Core.Logs.Ringserver;

namespace StatHub.Tests.Logs.Ringserver;

public sealed class HostHashTests
{
    [Fact]
    public void Without_a_key_it_is_that_of_the_contract() => HostHash.Unkeyed.Of("resif-vm30.ujf-grenoble.fr"u8).Should().Be("khadLrK6HR6v");

    [Fact]
    public void With_a_key_it_is_another_for_each_key()
    {
        var host = "resif-vm30.ujf-grenoble.fr"u8.ToArray();
        var keyed = new HostHash("0123456789abcdef").Of(host);

        // printf %s resif-vm30.ujf-grenoble.fr | openssl dgst -sha256 -hmac 0123456789abcdef -binary | base64 | cut -c1-12
        keyed.Should().Be("XRnyrFdYlC0d");
        new HostHash("fedcba9876543210").Of(host).Should().NotBe(keyed);
        new HostHash("").Of(host).Should().Be(HostHash.Unkeyed.Of(host));
    }
}
