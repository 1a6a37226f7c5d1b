using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StatHub.EndToEnd.Nginx;

public sealed class ConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stathub conf ");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("STATHUB_LAYOUT=journal")]
    [InlineData("STATHUB_LAYOUT=buffered")]
    [InlineData("STATHUB_LAYOUT=files")]
    [InlineData("STATHUB_FLOOD_RATE=off", "STATHUB_LAYOUT=files")]
    [InlineData("STATHUB_FLOOD_RATE=1000000", "STATHUB_FLOOD_BURST=1000000", "STATHUB_FLOOD_EXEMPT=none")]
    [InlineData("STATHUB_FLOOD_BURST=0", "STATHUB_FLOOD_EXEMPT=10.0.0.0/8,fd00::/8 192.0.2.1")]
    [InlineData("STATHUB_TRUSTED_PROXIES=10.0.0.0/8, ::ffff:10.0.0.1 2001:db8::/32", "STATHUB_REAL_IP_HEADER=X-Real-IP")]
    [InlineData("STATHUB_LISTEN=127.0.0.1 [::1]")]
    [InlineData("STATHUB_LISTEN=0.0.0.0,::")]
    [InlineData("STATHUB_LISTEN=*")]
    [InlineData("STATHUB_LISTEN=localhost")]
    [InlineData("STATHUB_API=api.example:8080", "STATHUB_RESOLVER=127.0.0.11")]
    [InlineData("STATHUB_API=api:8080", "STATHUB_RESOLVER=::1", "STATHUB_LAYOUT=buffered")]
    [InlineData("STATHUB_API=[::1]:8080")]
    [InlineData("STATHUB_API=unix:/a folder/api.sock")]
    [InlineData("STATHUB_MAX_BODY=0")]
    [InlineData("STATHUB_MAX_BODY=64M")]
    [InlineData("STATHUB_WORKERS=3", "STATHUB_WORKER_CONNECTIONS=512")]
    [InlineData("STATHUB_PREFIX=0-very-long-prefix-of-32-letters")]
    public async Task Nginx_takes_what_is_rendered(params string[] settings)
    {
        var configuration = Configuration(settings);
        await configuration.RenderAsync();
        var (exitCode, says) = await configuration.CheckAsync();

        exitCode.Should().Be(0, says);
        says.Should().NotContain("[warn]");
    }

    [Theory]
    [InlineData("/bin/bash")]
    [InlineData("/bin/busybox")]
    public async Task Every_shell_renders_the_same(string shell)
    {
        var configuration = Configuration("STATHUB_TRUSTED_PROXIES=10.0.0.0/8", "STATHUB_LAYOUT=files");
        await configuration.RenderAsync();
        var expected = await File.ReadAllTextAsync(configuration.ConfigurationFile);
        File.Delete(configuration.ConfigurationFile);
        var (exitCode, says) = await configuration.TryRenderAsync(shell, shell.EndsWith("busybox", StringComparison.Ordinal) ? ["sh"] : []);

        exitCode.Should().Be(0, says);
        (await File.ReadAllTextAsync(configuration.ConfigurationFile)).Should().Be(expected);
    }

    [Theory]
    [InlineData("STATHUB_LAYOUT=file")]
    [InlineData("STATHUB_PREFIX=P")]
    [InlineData("STATHUB_PREFIX=a b")]
    [InlineData("STATHUB_PREFIX=a/b")]
    [InlineData("STATHUB_PREFIX=p;")]
    [InlineData("STATHUB_PREFIX=p\np")]
    [InlineData("STATHUB_PREFIX=123456789012345678901234567890123")]
    [InlineData("STATHUB_PREFIX=api")]
    [InlineData("STATHUB_PREFIX=ping")]
    [InlineData("STATHUB_PREFIX=metrics")]
    [InlineData("STATHUB_PREFIX=rawlog")]
    [InlineData("STATHUB_LISTEN=example.com;")]
    [InlineData("STATHUB_LISTEN=256.0.0.1")]
    [InlineData("STATHUB_LISTEN=[::1")]
    [InlineData("STATHUB_LISTEN=,")]
    [InlineData("STATHUB_PORT=0")]
    [InlineData("STATHUB_PORT=65536")]
    [InlineData("STATHUB_PORT=80 80")]
    [InlineData("STATHUB_API=127.0.0.1")]
    [InlineData("STATHUB_API=127.0.0.1:80;")]
    [InlineData("STATHUB_API=http://127.0.0.1:80")]
    [InlineData("STATHUB_API=$host:80")]
    [InlineData("STATHUB_API=unix:relative.sock")]
    [InlineData("STATHUB_RESOLVER=name.example")]
    [InlineData("STATHUB_JOURNAL_FOLDER=relative")]
    [InlineData("STATHUB_JOURNAL_FOLDER=/a;b")]
    [InlineData("STATHUB_JOURNAL_FOLDER=/a\"b")]
    [InlineData("STATHUB_JOURNAL_FOLDER=/a'b")]
    [InlineData("STATHUB_JOURNAL_FOLDER=/a$b")]
    [InlineData("STATHUB_JOURNAL_FOLDER=/a\\b")]
    [InlineData("STATHUB_JOURNAL_FOLDER=/a\nb")]
    [InlineData("STATHUB_JOURNAL_FOLDER=/a\tb")]
    [InlineData("STATHUB_NGINX_FOLDER=/a{b}")]
    [InlineData("STATHUB_DATA=/a}b")]
    [InlineData("STATHUB_TRUSTED_PROXIES=10.0.0.0/33")]
    [InlineData("STATHUB_TRUSTED_PROXIES=10.0.0")]
    [InlineData("STATHUB_TRUSTED_PROXIES=2001:db8::/129")]
    [InlineData("STATHUB_TRUSTED_PROXIES=1::2::3")]
    [InlineData("STATHUB_TRUSTED_PROXIES=10.0.0.1; 10.0.0.2")]
    [InlineData("STATHUB_REAL_IP_HEADER=X Forwarded")]
    [InlineData("STATHUB_FLOOD_RATE=0")]
    [InlineData("STATHUB_FLOOD_RATE=fast")]
    [InlineData("STATHUB_FLOOD_BURST=-1")]
    [InlineData("STATHUB_FLOOD_EXEMPT=everyone")]
    [InlineData("STATHUB_MAX_BODY=1t")]
    [InlineData("STATHUB_TLS_CERTIFICATE=/only/one")]
    [InlineData("STATHUB_TLS_KEY=/only/one")]
    [InlineData("STATHUB_TLS_PORT=443")]
    [InlineData("STATHUB_WORKERS=0")]
    [InlineData("STATHUB_WORKER_CONNECTIONS=1")]
    public async Task A_bad_setting_is_named_and_nothing_is_rendered(string setting)
    {
        var configuration = Configuration(setting);
        var (exitCode, errors) = await configuration.TryRenderAsync();

        exitCode.Should().Be(1);
        errors.Should().Contain(setting.Split('=')[0]);
        File.Exists(configuration.ConfigurationFile).Should().BeFalse();
    }

    [Fact]
    public async Task All_bad_settings_are_named_at_once()
    {
        string[] settings = ["STATHUB_LAYOUT=x", "STATHUB_PREFIX=api", "STATHUB_PORT=x", "STATHUB_FLOOD_RATE=x", "STATHUB_MAX_BODY=x", "STATHUB_WORKERS=x"];
        var (_, errors) = await Configuration(settings).TryRenderAsync();

        settings.Should().OnlyContain(setting => errors.Contains(setting.Split('=')[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_no_ordinary_file_is_not_replaced()
    {
        var configuration = Configuration();
        File.CreateSymbolicLink(configuration.ConfigurationFile, "/dev/null");

        (await configuration.TryRenderAsync()).ExitCode.Should().Be(2);
        new FileInfo(configuration.ConfigurationFile).LinkTarget.Should().Be("/dev/null");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Certificate_paths_turn_https_on(bool plainPortToo)
    {
        var tlsPort = FreePort.Take();
        var (certificate, key) = MakeCertificate();
        await using var api = await EchoApi.StartAsync();
        List<(string, string)> settings =
            [("STATHUB_TLS_CERTIFICATE", certificate), ("STATHUB_TLS_KEY", key), ("STATHUB_API", api.Address)];
        if (plainPortToo)
            settings.Add(("STATHUB_TLS_PORT", $"{tlsPort}"));
        await using var nginx = await NginxServer.StartAsync([.. settings]);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var client = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{(plainPortToo ? tlsPort : nginx.Port)}") };

        (await client.GetAsync("/p/demo/home")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await client.GetStringAsync("/api/x")).Should().Contain("\"X-Forwarded-Proto\":\"https\"");
        (await nginx.Client.GetAsync("/p/demo/home")).StatusCode.Should().Be(plainPortToo ? HttpStatusCode.OK : HttpStatusCode.BadRequest);
    }

    private NginxConfiguration Configuration(params string[] settings) =>
        new(_folder.FullName, FreePort.Take(), [.. settings.Select(setting => (setting.Split('=')[0], setting[(setting.IndexOf('=') + 1)..]))]);

    private (string Certificate, string Key) MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (certificatePath, keyPath) = (Path.Combine(_folder.FullName, "tls.crt"), Path.Combine(_folder.FullName, "tls.key"));
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (certificatePath, keyPath);
    }
}
