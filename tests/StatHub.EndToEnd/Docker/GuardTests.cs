namespace StatHub.EndToEnd.Docker;

[Collection(DockerTests.Name)]
public sealed class GuardTests(ComposeProject project) : IAsyncLifetime
{
    private const string Nginx = ComposeProject.NginxContainer;
    private const string Kill = "/containers/" + Nginx + "/kill";
    private const string Allowed = "POST " + Kill + "?signal=SIGUSR1 HTTP/1.1\r\nHost: docker\r\n";
    private const string Form = "Content-Type: application/x-www-form-urlencoded\r\n";

    /// <summary>Requests that must not reach the engine, as they are sent; each ends the connection.</summary>
    public static TheoryData<string, string> Hostile { get; } = new()
    {
        // Other methods, other routes, other containers
        { "GET", Request("GET", Kill + "?signal=SIGUSR1") },
        { "HEAD", Request("HEAD", Kill + "?signal=SIGUSR1") },
        { "PUT", Request("PUT", Kill + "?signal=SIGUSR1") },
        { "a method in lower case", Request("post", Kill + "?signal=SIGUSR1") },
        { "DELETE", Request("DELETE", "/containers/" + Nginx + "?force=1") },
        { "stop", Request("POST", "/containers/" + Nginx + "/stop") },
        { "restart", Request("POST", "/containers/" + Nginx + "/restart") },
        { "pause", Request("POST", "/containers/" + Nginx + "/pause") },
        { "exec", Request("POST", "/containers/" + Nginx + "/exec", "Content-Type: application/json\r\n", """{"Cmd":["id"]}""") },
        { "create", Request("POST", "/containers/create?name=x", "Content-Type: application/json\r\n", """{"Image":"nginx:1.28"}""") },
        { "attach", Request("POST", "/containers/" + Nginx + "/attach?stream=1") },
        { "list", Request("GET", "/containers/json") },
        { "ping", Request("GET", "/_ping") },
        { "root", Request("GET", "/") },
        { "another container", Request("POST", "/containers/stathubtest_api_1/kill?signal=SIGUSR1") },
        { "a longer name", Request("POST", "/containers/" + Nginx + "2/kill?signal=SIGUSR1") },
        { "a shorter name", Request("POST", "/containers/" + Nginx[..^1] + "/kill?signal=SIGUSR1") },
        // Other signals
        { "another signal", Request("POST", Kill + "?signal=SIGKILL") },
        { "a signal by number", Request("POST", Kill + "?signal=9") },
        { "a signal in lower case", Request("POST", Kill + "?signal=sigusr1") },
        { "no signal", Request("POST", Kill) },
        { "an empty query", Request("POST", Kill + "?") },
        { "an empty signal", Request("POST", Kill + "?signal=") },
        { "a second signal", Request("POST", Kill + "?signal=SIGUSR1&signal=SIGKILL") },
        { "a first signal", Request("POST", Kill + "?signal=SIGKILL&signal=SIGUSR1") },
        { "a second signal after a semicolon", Request("POST", Kill + "?signal=SIGUSR1;signal=SIGKILL") },
        { "an encoded query", Request("POST", Kill + "?%73ignal=SIGUSR1") },
        { "an encoded signal", Request("POST", Kill + "?signal=SIGUSR%31") },
        { "a trailing space", Request("POST", Kill + "?signal=SIGUSR1%20") },
        { "a trailing newline", Request("POST", Kill + "?signal=SIGUSR1%0a") },
        { "a fragment", Request("POST", Kill + "?signal=SIGUSR1#x") },
        // Bodies
        { "a form body", Request("POST", Kill + "?signal=SIGUSR1", Form, "signal=SIGKILL") },
        { "a form body without query", Request("POST", Kill, Form, "signal=SIGUSR1") },
        { "a form body of one byte", Request("POST", Kill + "?signal=SIGUSR1", Form, "s") },
        { "a JSON body", Request("POST", Kill + "?signal=SIGUSR1", "Content-Type: application/json\r\n", """{"signal":"SIGKILL"}""") },
        { "a chunked form body", Allowed + Form + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\ne\r\nsignal=SIGKILL\r\n0\r\n\r\n" },
        { "an empty chunked body", Allowed + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n" },
        { "a body after Expect", Request("POST", Kill + "?signal=SIGUSR1", Form + "Expect: 100-continue\r\n", "signal=SIGKILL") },
        { "both lengths", Allowed + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" },
        { "two lengths", Allowed + "Content-Length: 0\r\nContent-Length: 14\r\n\r\nsignal=SIGKILL" },
        { "a length with a sign", Allowed + "Content-Length: +0\r\n\r\n" },
        // Paths
        { "a version", Request("POST", "/v1.41" + Kill + "?signal=SIGUSR1") },
        { "an old version", Request("POST", "/v1.24" + Kill + "?signal=SIGUSR1") },
        { "a double slash", Request("POST", "/" + Kill + "?signal=SIGUSR1") },
        { "a double slash inside", Request("POST", "/containers//" + Nginx + "/kill?signal=SIGUSR1") },
        { "a trailing slash", Request("POST", Kill + "/?signal=SIGUSR1") },
        { "a dot", Request("POST", "/containers/./" + Nginx + "/kill?signal=SIGUSR1") },
        { "two dots", Request("POST", "/containers/x/../" + Nginx + "/kill?signal=SIGUSR1") },
        { "two dots at the end", Request("POST", Kill + "/../stop?signal=SIGUSR1") },
        { "two dots above the root", Request("POST", "/../" + Kill + "?signal=SIGUSR1") },
        { "encoded dots", Request("POST", "/containers/x/%2e%2e/" + Nginx + "/kill?signal=SIGUSR1") },
        { "encoded slashes", Request("POST", "/containers%2f" + Nginx + "%2fkill?signal=SIGUSR1") },
        { "an encoded letter", Request("POST", "/containers/" + Nginx + "/%6bill?signal=SIGUSR1") },
        { "an encoded question mark", Request("POST", Kill + "%3fsignal=SIGKILL?signal=SIGUSR1") },
        { "an encoded newline", Request("POST", Kill + "%0a?signal=SIGUSR1") },
        { "an encoded NUL", Request("POST", Kill + "%00?signal=SIGUSR1") },
        { "letters in upper case", Request("POST", Kill.ToUpperInvariant() + "?signal=SIGUSR1") },
        { "a backslash", Request("POST", "/containers\\" + Nginx + "\\kill?signal=SIGUSR1") },
        // Another protocol than one request
        { "an upgrade to TCP", Request("POST", Kill + "?signal=SIGUSR1", "Upgrade: tcp\r\n", connection: "Upgrade") },
        { "an upgrade to HTTP/2", Request("POST", Kill + "?signal=SIGUSR1", "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n", connection: "Upgrade") },
        { "HTTP/2 at once", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
        { "HTTP/0.9", "GET " + Kill + "?signal=SIGUSR1\r\n" },
        { "a session", Request("POST", "/session", "Upgrade: h2c\r\n", connection: "Upgrade") },
        { "CONNECT", "CONNECT " + Kill + "?signal=SIGUSR1 HTTP/1.1\r\nHost: docker\r\n\r\n" },
        { "a request without host", "POST " + Kill + "?signal=SIGUSR1 HTTP/1.1\r\n\r\n" },
        { "no request at all", "\0\0\0\0\r\n\r\n" },
    };

    public Task InitializeAsync() => project.WaitAsync(project.AnswersAsync, "nginx and guard answer");

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task The_guard_refuses(string what, string request)
    {
        var since = TimeProvider.System.GetUtcNow();

        var answer = await UnixHttp.SendAsync(project.GuardSocket, request);

        answer.Should().MatchRegex(@"\A(HTTP/1\.1 (400|403|405|411|413|501|505) |<html>\r\n<head><title>(400|403) )", "the guard refuses {0}", what);
        (await project.Engine.EventsSinceAsync(since)).Should().BeEmpty("the engine must not see {0}", what);
    }

    [Fact]
    public async Task The_one_allowed_request_signals_the_one_container()
    {
        var since = TimeProvider.System.GetUtcNow();

        var answer = await UnixHttp.SendAsync(project.GuardSocket, Request("POST", Kill + "?signal=SIGUSR1"));

        answer.Should().StartWith("HTTP/1.1 204 ");
        (await project.Engine.EventsSinceAsync(since)).Should().Equal($"kill {Nginx} 10");
    }

    [Fact]
    public async Task A_connection_ends_after_one_request()
    {
        var since = TimeProvider.System.GetUtcNow();

        var answers = await UnixHttp.SendAsync(project.GuardSocket,
            Allowed + "Content-Length: 0\r\n\r\n" + Request("POST", Kill + "?signal=SIGKILL"));

        answers.Should().StartWith("HTTP/1.1 204 ");
        answers.Split("HTTP/1.1 ").Should().HaveCount(2);
        (await project.Engine.EventsSinceAsync(since)).Should().Equal($"kill {Nginx} 10");
    }

    [Fact]
    public async Task Headers_change_nothing()
    {
        var since = TimeProvider.System.GetUtcNow();

        var answer = await UnixHttp.SendAsync(project.GuardSocket, Request(
            "POST", Kill + "?signal=SIGUSR1", "X-HTTP-Method-Override: DELETE\r\nX-Original-URL: /containers/json\r\n" + Form));

        answer.Should().StartWith("HTTP/1.1 204 ");
        (await project.Engine.EventsSinceAsync(since)).Should().Equal($"kill {Nginx} 10");
    }

    [Fact]
    public async Task The_signal_makes_nginx_reopen_its_journal()
    {
        await project.Client.GetAsync(new Uri("/p/demo/guard", UriKind.Relative));
        await project.ExecAsync("nginx", "mv", "/data/journal/hits.log", "/data/journal/hits-2020-01-01-00-00.log");

        await UnixHttp.SendAsync(project.GuardSocket, Request("POST", Kill + "?signal=SIGUSR1"));

        await project.WaitAsync(async () => (await project.TryExecAsync("nginx", "test", "-f", "/data/journal/hits.log")).ExitCode == 0,
            "nginx opens a new journal");
    }

    [Fact]
    public async Task A_stale_socket_is_removed_at_the_next_start()
    {
        var pid = await project.PidAsync("guard");
        await project.CrashAsync("guard");

        await project.ComesBackAsync("guard", pid);
        await project.WaitAsync(project.AnswersAsync, "the guard listens again");

        var answer = await UnixHttp.SendAsync(project.GuardSocket, Request("POST", Kill + "?signal=SIGUSR1"));
        answer.Should().StartWith("HTTP/1.1 204 ");
    }

    [Theory]
    [InlineData("-nginx")]
    [InlineData("a/../b")]
    [InlineData("a;b")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("a\n")]
    public async Task A_name_that_no_container_has_is_refused_at_the_start(string name)
    {
        var start = new Command("/bin/sh", Path.Combine(Checkout.Folder, "nginx", "guard.sh"));
        start.Environment["STATHUB_NGINX_CONTAINER"] = name;

        (await start.TryRunAsync()).Errors.Should().StartWith("STATHUB_NGINX_CONTAINER must be a container's name");
    }

    private static string Request(string method, string target, string headers = "", string body = "", string connection = "close") =>
        $"{method} {target} HTTP/1.1\r\nHost: docker\r\nConnection: {connection}\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}";
}
