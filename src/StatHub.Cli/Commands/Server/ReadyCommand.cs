using System.CommandLine;
using System.Net.Sockets;

namespace StatHub.Cli.Commands.Server;

/// <summary><c>stathub ready</c>: asks <c>/readyz</c>, for container health checks and scripts.</summary>
internal sealed class ReadyCommand : VerbCommand
{
    private const string UrlVariable = "STATHUB_URL";
    private const string ListenVariable = "ASPNETCORE_URLS";
    private const string DefaultUrl = "http://127.0.0.1:8081";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Option<Uri> _url;

    public ReadyCommand(Func<string, string?> environment)
        : base("ready", "Asks the server whether it is ready.", $"""
            Ready means: the journal is readable, cuts work, the server keeps up, the disk has room.
            Exit code 0 when it is; 1 when it is not, with the reasons, or when it does not answer within 5 seconds.

            Without --url it asks {UrlVariable}, else the address in {ListenVariable}, else {DefaultUrl}.

            Examples:
              stathub ready
              stathub ready --url http://127.0.0.1:8080
            """)
    {
        _url = new Option<Uri>("--url")
        {
            Description = "Where the server, or nginx before it, listens.",
            CustomParser = result => Parse(result.Tokens[0].Value) is { } url ? url : Refuse(result),
            DefaultValueFactory = _ => Default(environment),
        };
        Add(_url);
        SetAction(RunAsync);
    }

    /// <summary>The server as it is reached from its own container.</summary>
    internal static Uri Default(Func<string, string?> environment)
    {
        if (Parse(environment(UrlVariable)) is { } url)
            return url;
        // Kestrel listens on "every address" as *, + or 0.0.0.0; asked is the loopback one.
        var listen = environment(ListenVariable)?.Split(';')[0].Replace("//+", "//localhost", StringComparison.Ordinal)
            .Replace("//*", "//localhost", StringComparison.Ordinal);
        if (Parse(listen) is not { } own)
            return new Uri(DefaultUrl);
        return own.Host is "0.0.0.0" or "localhost" or "[::]" ? new UriBuilder(own) { Host = "127.0.0.1" }.Uri : own;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var url = new Uri(parsed.GetValue(_url)!, "/readyz");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(url, cancellationToken);
            var text = Printable(await answer.Content.ReadAsStringAsync(cancellationToken));
            if (answer.IsSuccessStatusCode)
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync(text.Length > 0 ? text : "ready");
                return StatHubCommand.Success;
            }
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"Not ready ({(int)answer.StatusCode}): {text}");
        }
        catch (HttpRequestException e)
        {
            var reason = e.InnerException is SocketException socket ? socket.Message : e.Message;
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"Not ready: {url} cannot be reached: {reason}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"Not ready: {url} did not answer within {Patience.TotalSeconds:0} s.");
        }
        return StatHubCommand.Failure;
    }

    private static Uri? Parse(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https") ? url : null;

    private static Uri? Refuse(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"--url needs an address as http://127.0.0.1:8081, not '{result.Tokens[0].Value}'.");
        return null;
    }

    // Whatever answered there is not trusted with this terminal.
    private static string Printable(string text) =>
        string.Concat(text.Trim().Where(c => !char.IsControl(c) || c == '\n'));
}
