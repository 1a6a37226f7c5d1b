using System.Net;
using StatHub.EndToEnd.Service;

namespace StatHub.EndToEnd.Nginx;

/// <summary>Stats as old clients send them: through nginx, to the real server.</summary>
public sealed class StatsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stathub stats ").FullName;
    private ApiServer _api = null!;
    private NginxServer _nginx = null!;

    public async Task InitializeAsync()
    {
        _api = await ApiServer.StartAsync(
            _folder, ("StatHub__Nginx__PidFile", Path.Combine(_folder, "nginx.pid")), ("StatHub__Stats__AnonymousTenant", "demo"), ("StatHub__Stats__StreamInterval", "00:00:00.1"));
        _nginx = await NginxServer.StartAsync(("STATHUB_API", $"127.0.0.1:{_api.Port}"));
    }

    public async Task DisposeAsync()
    {
        await _nginx.DisposeAsync();
        await _api.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Answers_are_those_of_the_contract_to_the_byte()
    {
        (await PostAsync("/stats/a%2Fb", """{"dims":{"country":"ES"},"counters":{"k":50}}""")).Should().Be((HttpStatusCode.OK, """{"succeeded":true,"error":""}"""));
        (await PostAsync("/stats/a%252Fb", """{"dims":{"country":"de"},"increments":{"k":60}}""")).Should().Be((HttpStatusCode.OK, """{"succeeded":true,"error":""}"""));

        (await _nginx.Client.GetStringAsync("/stats/country")).Should().Be(
            """{"succeeded":true,"error":"","dims":{"country":{"de":{"counters":{"k":60}},"es":{"counters":{"k":50}},"total":{"counters":{"k":110}}}}}""");
        (await _nginx.Client.GetStringAsync("/stats/")).Should().Be(await _nginx.Client.GetStringAsync("/stats"));
        (await PostAsync("/stats/a", "[]")).Should().Be((HttpStatusCode.BadRequest, """{"succeeded":false,"error":"The body is a JSON object."}"""));
        (await PostAsync("/stats/a", new string(' ', 1024 * 1024 + 1))).Status.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await _nginx.Client.PutAsync("/stats/a", null)).StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task A_streams_messages_pass_while_it_goes_on()
    {
        using var answer = await _nginx.Client.GetAsync("/stats/stream/country/*/counter/k", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).Should().StartWith("data: ").And.EndWith("""{"total":0}}""");
        (await PostAsync("/stats/a", """{"dims":{"country":"es"},"counters":{"k":5}}""")).Status.Should().Be(HttpStatusCode.OK);

        var line = "";
        while (!line!.Contains("\"es\"", StringComparison.Ordinal))
            line = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));

        line.Should().EndWith("""{"es":5,"total":5}}""");
    }

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string body)
    {
        using var answer = await _nginx.Client.PostAsync(path, new StringContent(body));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
