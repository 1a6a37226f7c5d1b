using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StatHub.Core.Nginx;
using StatHub.Server.Nginx;

namespace StatHub.Tests.Server.Nginx;

public sealed class NginxOptionsTests
{
    [Theory]
    [InlineData(typeof(ProcessReopenSignal), "Reopen=process", "PidFile=nginx.pid")]
    [InlineData(typeof(ProcessReopenSignal), "PidFile=nginx.pid")]
    [InlineData(typeof(ProcessReopenSignal), "Reopen=Process", "Layout=Buffered", "PidFile=nginx.pid")]
    [InlineData(typeof(DockerReopenSignal), "Reopen=docker", "DockerSocket=/run/guard/docker.sock", "Container=stathub-nginx")]
    [InlineData(typeof(NoReopenSignal), "Reopen=none", "Layout=files")]
    public void The_configuration_chooses_the_signal(Type signal, params string[] settings)
    {
        using var services = Services(settings);

        services.GetRequiredService<IReopenSignal>().Should().BeOfType(signal);
    }

    [Theory]
    [InlineData("*:PidFile is required*", "Reopen=process")]
    [InlineData("*:PidFile is required*", "Reopen=process", "PidFile= ")]
    [InlineData("*Reopen=none is only for the layout files*", "Reopen=none")]
    [InlineData("*Reopen=none is only for the layout files*", "Reopen=none", "Layout=buffered")]
    [InlineData("*:Reopen is docker, process or none*", "Reopen=magic")]
    [InlineData("*:Layout is journal, buffered or files*", "Layout=journals", "PidFile=nginx.pid")]
    [InlineData("*:Layout is journal, buffered or files*", "Layout=1", "PidFile=nginx.pid")]
    [InlineData("*:DockerSocket is required*", "Reopen=docker", "Container=nginx")]
    [InlineData("*:DockerSocket is the absolute path*", "Reopen=docker", "Container=nginx", "DockerSocket=docker.sock")]
    [InlineData("*:Container is required*", "Reopen=docker", "DockerSocket=/docker.sock")]
    [InlineData("*:Container is required*", "Reopen=docker", "DockerSocket=/docker.sock", "Container=a/../b")]
    [InlineData("*:Container is required*", "Reopen=docker", "DockerSocket=/docker.sock", "Container=-a")]
    [InlineData("*:Container is required*", "Reopen=docker", "DockerSocket=/docker.sock", "Container=a?signal=SIGKILL")]
    [InlineData("*:Container is required*", "Reopen=docker", "DockerSocket=/docker.sock", "Container=a\n")]
    public void A_mistake_is_refused(string message, params string[] settings)
    {
        using var services = Services(settings);

        var reading = () => services.GetRequiredService<IOptions<NginxOptions>>().Value;

        reading.Should().Throw<OptionsValidationException>().WithMessage(message);
    }

    [Fact]
    public void A_socket_path_that_no_socket_can_have_is_refused()
    {
        using var services = Services("Reopen=docker", "Container=nginx", "DockerSocket=/" + new string('a', 107));

        var reading = () => services.GetRequiredService<IOptions<NginxOptions>>().Value;

        reading.Should().Throw<OptionsValidationException>().WithMessage("*at most 107 bytes*");
    }

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        using var services = Services("Layout=x", "Reopen=docker");

        var reading = () => services.GetRequiredService<IOptions<NginxOptions>>().Value;

        reading.Should().Throw<OptionsValidationException>().Which.Failures.Should().HaveCount(3);
    }

    private static ServiceProvider Services(params string[] settings)
    {
        var pairs = settings.Select(s => s.Split('=', 2)).ToDictionary(s => "StatHub:Nginx:" + s[0], s => (string?)s[1]);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(pairs).Build();
        return new ServiceCollection().AddNginx(configuration).BuildServiceProvider();
    }
}
