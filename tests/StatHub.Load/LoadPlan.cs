using System.Net;

namespace StatHub.Load;

/// <summary>What a run sends: a fixed number of requests, each sent at most once.</summary>
public sealed record LoadPlan
{
    /// <summary>Where nginx listens.</summary>
    public required IPEndPoint Server { get; init; }

    /// <summary>How many requests are sent in all.</summary>
    public required long Requests { get; init; }

    /// <summary>
    /// The request's path and query. <c>{tenant}</c> and <c>{key}</c> are replaced by names, percent-encoded;
    /// <c>{n}</c> by the request's number in ten digits, so that a lost one can be found.
    /// </summary>
    public string Path { get; init; } = "/p/{tenant}/{key}";

    public IReadOnlyList<string> Tenants { get; init; } = ["demo"];

    public IReadOnlyList<string> Keys { get; init; } = ["home"];

    /// <summary>The tenant, the key and the method of request n follow from the seed and n alone.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Connections that are open at the same time, over all threads.</summary>
    public int Connections { get; init; } = 32;

    /// <summary>Requests that a connection sends before it waits for an answer.</summary>
    public int Pipelining { get; init; } = 1;

    public int Threads { get; init; } = 1;

    /// <summary>Share of beacon POSTs in percent; the others are GETs.</summary>
    public int PostPercent { get; init; }

    /// <summary>Requests per second over all threads; null sends as fast as answers come.</summary>
    public double? Rate { get; init; }

    /// <summary>Header lines beside Host, without line ends.</summary>
    public IReadOnlyList<string> Headers { get; init; } = ["User-Agent: stathub-load/1.0"];

    /// <summary>Further header lines of each visitor, tabs between; a request has those of one, who follows from its number too.</summary>
    public IReadOnlyList<string> Visitors { get; init; } = [""];

    /// <summary>A request that is not answered for so long is given up, and its connection with it.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When no connection could be opened for so long, the rest of the requests stays unsent.</summary>
    public TimeSpan ConnectPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Names <c>prefix0001</c>, <c>prefix0002</c>, …</summary>
    public static IReadOnlyList<string> Names(string prefix, int count) =>
        [.. Enumerable.Range(1, count).Select(i => $"{prefix}{i:0000}")];
}
