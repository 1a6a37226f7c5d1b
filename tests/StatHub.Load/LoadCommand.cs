using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace StatHub.Load;

/// <summary>The command line of <c>stathub-load</c>.</summary>
internal sealed class LoadCommand : RootCommand
{
    private readonly Option<IPEndPoint> _server = new("--server")
    {
        Description = "Address and port of nginx, as 127.0.0.1:8080.",
        Required = true,
        CustomParser = result => IPEndPoint.TryParse(result.Tokens[0].Value, out var server) && server.Port > 0
            ? server
            : Fail<IPEndPoint>(result, "--server needs an IP address and a port, as 127.0.0.1:8080."),
    };

    private readonly Option<long> _requests = Number("--requests", "How many requests are sent, each once.", 100_000L);
    private readonly Option<string> _path = new("--path")
    {
        Description = "Path and query; {tenant}, {key} and {n} (the request's number) are replaced.",
        DefaultValueFactory = _ => "/p/{tenant}/{key}",
    };

    private readonly Option<string> _tenants = new("--tenants")
    {
        Description = "Names with commas between, or how many (tenant0001, tenant0002, …).",
        DefaultValueFactory = _ => "demo",
    };

    private readonly Option<string> _keys = new("--keys")
    {
        Description = "Names with commas between, or how many (key0001, key0002, …).",
        DefaultValueFactory = _ => "500",
    };

    private readonly Option<int> _connections = Number("--connections", "Connections at the same time.", 32);
    private readonly Option<int> _pipelining = Number("--pipelining", "Requests a connection sends before it waits.", 1);
    private readonly Option<int> _threads = Number("--threads", "Threads; each has its own connections.", 1);
    private readonly Option<int> _seed = new("--seed") { Description = "Chooses targets and methods.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _post = new("--post") { Description = "Percent of beacon POSTs." };
    private readonly Option<double?> _rate = new("--rate") { Description = "Requests per second; without it as fast as answers come." };
    private readonly Option<string[]> _headers = new("--header") { Description = "A header line; may be given several times." };
    private readonly Option<FileInfo?> _visitors = new("--visitors")
    {
        Description = "A file with the headers of a visitor a line, tabs between; each request has those of one.",
    };

    private readonly Option<bool> _perKey = new("--per-key") { Description = "Also print the outcomes of every tenant and key." };

    public LoadCommand()
        : base("""
            Sends a fixed number of pixel requests, reads every answer and accounts for each request.
            Prints a JSON object: requests = answered + unanswered + unsent. Sends no request twice.

            Example: stathub-load --server 127.0.0.1:8080 --requests 200000 --keys 500 --post 20
            Exit codes: 0 every request was answered, 1 some were not, 2 wrong arguments.
            """)
    {
        Option[] options = [_server, _requests, _path, _tenants, _keys, _connections, _pipelining, _threads, _seed, _post,
            _rate, _headers, _visitors, _perKey];
        foreach (var option in options)
            Add(option);
        Require(_post, percent => percent is >= 0 and <= 100, "is a percentage, 0 to 100");
        Require(_rate, rate => rate is null or > 0, "must be more than 0");
        Require(_visitors, file => file is null or { Exists: true, Length: > 0 }, "must be a file that is not empty");
        Require(_tenants, text => NamesOf("", text).Count > 0, "needs names or a number");
        Require(_keys, text => NamesOf("", text).Count > 0, "needs names or a number");
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var run = new LoadRun(PlanOf(parsed));
        var report = await run.RunAsync(cancellationToken);
        if (!parsed.GetValue(_perKey))
            report = report with { Targets = null };
        await parsed.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(report, LoadJson.Default.LoadReport));
        return report.Answered == report.Requests ? 0 : 1;
    }

    private LoadPlan PlanOf(ParseResult parsed)
    {
        var plan = new LoadPlan
        {
            Server = parsed.GetRequiredValue(_server),
            Requests = parsed.GetValue(_requests),
            Path = parsed.GetValue(_path)!,
            Tenants = NamesOf("tenant", parsed.GetValue(_tenants)!),
            Keys = NamesOf("key", parsed.GetValue(_keys)!),
            Seed = parsed.GetValue(_seed),
            Connections = parsed.GetValue(_connections),
            Pipelining = parsed.GetValue(_pipelining),
            Threads = parsed.GetValue(_threads),
            PostPercent = parsed.GetValue(_post),
            Rate = parsed.GetValue(_rate),
        };
        if (parsed.GetValue(_headers) is { Length: > 0 } headers)
            plan = plan with { Headers = headers };
        return parsed.GetValue(_visitors) is { } visitors ? plan with { Visitors = File.ReadAllLines(visitors.FullName) } : plan;
    }

    private static IReadOnlyList<string> NamesOf(string prefix, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? LoadPlan.Names(prefix, count)
            : text.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static Option<T> Number<T>(string name, string description, T initial)
        where T : IComparable<T>
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => initial };
        Require(option, value => value.CompareTo(default) > 0, "must be at least 1");
        return option;
    }

    private static void Require<T>(Option<T> option, Func<T, bool> holds, string message) => option.Validators.Add(result =>
    {
        try
        {
            if (!holds(result.GetValueOrDefault<T>()!))
                result.AddError($"{option.Name} {message}.");
        }
        catch (InvalidOperationException)
        {
            // It is no T at all; the parser says so itself.
        }
    });

    private static T? Fail<T>(System.CommandLine.Parsing.ArgumentResult result, string message)
    {
        result.AddError(message);
        return default;
    }
}
