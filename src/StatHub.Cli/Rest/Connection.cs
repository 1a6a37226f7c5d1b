using System.CommandLine;
using System.CommandLine.Parsing;

namespace StatHub.Cli.Rest;

/// <summary>The options that say which service is asked, and with which token. Every command takes them.</summary>
internal sealed class Connection
{
    public const string UrlVariable = "STATHUB_URL";
    public const string TokenVariable = "STATHUB_TOKEN";
    public const string DataVariable = "STATHUB_DATA";
    private const string ServerDataVariable = "StatHub__DataPath";
    private const string ListenVariable = "ASPNETCORE_URLS";
    private const string PortVariable = "STATHUB_API_PORT";
    private const string DefaultUrl = "http://127.0.0.1:8081";
    private const string UsualFolder = "data";
    private const string TokenFile = "admin.token";

    private readonly Shell _shell;

    public Connection(Shell shell)
    {
        _shell = shell;
        Url = new Option<Uri>("--url")
        {
            Description = $"Where the API, or nginx before it, listens. Without it {UrlVariable}, else the API on this machine.",
            HelpName = "address",
            Recursive = true,
            CustomParser = result => Parse(result.Tokens[0].Value) is { } url ? url : Refuse(result),
        };
        Token = new Option<string?>("--token")
        {
            Description = $"A token of the API. Other users of the machine may see it here: rather set {TokenVariable}.",
            HelpName = "token",
            Recursive = true,
        };
        Data = new Option<DirectoryInfo?>("--data")
        {
            Description = $"The server's data folder, for its admin token. Without it {DataVariable}, else ./data.",
            HelpName = "folder",
            Recursive = true,
        };
    }

    public Option<Uri> Url { get; }

    public Option<string?> Token { get; }

    public Option<DirectoryInfo?> Data { get; }

    /// <summary>A caller of the service that is meant.</summary>
    public RestCaller Open(ParseResult parsed)
    {
        var server = Server(parsed);
        var token = TokenFor(server, parsed);
        if (token is not null && token.Any(c => c is <= ' ' or > '~'))
            throw CommandFailure.Usage("The token has characters that no token has. Was it copied whole?");
        return new RestCaller(server, token, token is null
            ? $"There was none: give --token, set {TokenVariable}, or name the server's data folder with --data."
            : null);
    }

    /// <summary>The address of the service, with a final slash.</summary>
    public Uri Server(ParseResult parsed)
    {
        var url = parsed.GetValue(Url) ?? Default(_shell.Variable);
        return url.AbsolutePath.EndsWith('/') ? url : new UriBuilder(url) { Path = url.AbsolutePath + "/" }.Uri;
    }

    /// <summary>The file with the admin's token; null when no data folder is known.</summary>
    public string? AdminTokenPath(ParseResult parsed) => (NamedFolder(parsed) ?? FolderHere()) is { } folder ? Path.Combine(folder, TokenFile) : null;

    /// <summary>The service as it is reached from its own machine or container.</summary>
    internal static Uri Default(Func<string, string?> variable)
    {
        if (variable(UrlVariable) is { Length: > 0 } named)
            return Parse(named) ?? throw CommandFailure.Usage($"{UrlVariable} needs an address as {DefaultUrl}, not '{named}'.");
        // Kestrel listens on "every address" as *, + or 0.0.0.0; asked is the loopback one.
        var listen = variable(ListenVariable)?.Split(';')[0].Replace("//+", "//localhost", StringComparison.Ordinal)
            .Replace("//*", "//localhost", StringComparison.Ordinal);
        if (Parse(listen) is { } own)
            return own.Host is "0.0.0.0" or "localhost" or "[::]" ? new UriBuilder(own) { Host = "127.0.0.1" }.Uri : own;
        return ushort.TryParse(variable(PortVariable), out var port) ? new UriBuilder(DefaultUrl) { Port = port }.Uri : new Uri(DefaultUrl);
    }

    /// <summary>The token that a service is sent; null for none.</summary>
    internal string? TokenFor(Uri server, ParseResult parsed)
    {
        if ((NotEmpty(parsed.GetValue(Token)) ?? NotEmpty(_shell.Variable(TokenVariable))) is { } given)
            return given.Trim();
        if (NamedFolder(parsed) is { } named)
            return ReadToken(Path.Combine(named, TokenFile)) ?? throw CommandFailure.Usage($"There is no token in {Path.Combine(named, TokenFile)}.");
        // Nobody named the folder that happens to be here: its token goes to this machine only.
        return server.IsLoopback && FolderHere() is { } here ? ReadToken(Path.Combine(here, TokenFile)) : null;
    }

    private static string? ReadToken(string path)
    {
        try
        {
            return NotEmpty(File.ReadAllText(path).Trim());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Usage($"{path} cannot be read: {e.Message}");
        }
    }

    /// <summary>The data folder that somebody named; null when nobody did.</summary>
    public string? NamedFolder(ParseResult parsed) =>
        parsed.GetValue(Data)?.FullName ?? NotEmpty(_shell.Variable(DataVariable)) ?? NotEmpty(_shell.Variable(ServerDataVariable));

    private string? FolderHere() =>
        Path.Combine(_shell.Folder, UsualFolder) is var folder && Directory.Exists(folder) ? folder : null;

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static Uri? Parse(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https") ? url : null;

    private static Uri? Refuse(ArgumentResult result)
    {
        result.AddError($"--url needs an address as {DefaultUrl}, not '{result.Tokens[0].Value}'.");
        return null;
    }
}
