namespace StatHub.Client;

/// <summary>How a <see cref="StatHubClient"/> reaches StatHub. In configuration: the section <c>StatHub</c>.</summary>
public sealed class StatHubClientOptions
{
    /// <summary>Where StatHub is, such as <c>https://hits.example.com</c>. An absolute http or https address; a path in it is kept.</summary>
    public Uri? Url { get; set; }

    /// <summary>The token. Events need the scope <c>write</c>, questions <c>read</c>.</summary>
    public string? Token { get; set; }

    /// <summary>The tenant. Null: that of the token, which is asked for once; a token for all tenants needs it named.</summary>
    public string? Tenant { get; set; }

    /// <summary>
    /// Whether events wait in a queue in memory and are sent in batches by a task in the background. Then no call waits for the network, and events that the server
    /// cannot take yet are sent again until it does. False sends each event before its call returns.
    /// </summary>
    public bool Defer { get; set; } = true;

    /// <summary>Whether every call does nothing: events are dropped without a word, questions are answered with nothing. Nothing else need be set then.</summary>
    public bool Disabled { get; set; }

    /// <summary>The most events that wait, 1 to 10,000,000; further ones are dropped and counted.</summary>
    public int QueueCapacity { get; set; } = 100_000;

    /// <summary>The most bytes of JSON that wait, 64 KiB to 4 GiB; further events are dropped and counted.</summary>
    public long QueueBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>The most events of one request, 1 to 1,000.</summary>
    public int BatchSize { get; set; } = 500;

    /// <summary>How long an event waits for others to fill its batch, up to an hour.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one request may take, 10 milliseconds to an hour.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest pause before a batch is tried again, up to an hour; the first is half a second, each further one twice as long, shortened by chance by up to a half.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the end of the client, or of its host, waits for the queue to empty, up to an hour. What is left then is dropped and counted.</summary>
    public TimeSpan ShutdownPatience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Everything that is wrong with these options, a sentence each; empty when nothing is.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        if (Disabled)
            return [];
        var mistakes = new List<string>();
        if (Url is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            mistakes.Add($"{nameof(Url)} is missing or no absolute http or https address.");
        if (string.IsNullOrWhiteSpace(Token))
            mistakes.Add($"{nameof(Token)} is missing.");
        else if (Token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            mistakes.Add($"{nameof(Token)} has characters that no token has.");
        if (Tenant is not null && (Tenant.Length is 0 or > 32 || !Tenant.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))))
            mistakes.Add($"{nameof(Tenant)} is 1 to 32 characters of a-z and 0-9.");
        Check(mistakes, nameof(QueueCapacity), QueueCapacity, 1, 10_000_000);
        Check(mistakes, nameof(QueueBytes), QueueBytes, 64 * 1024, 4L * 1024 * 1024 * 1024);
        Check(mistakes, nameof(BatchSize), BatchSize, 1, 1000);
        Check(mistakes, nameof(FlushInterval), FlushInterval, TimeSpan.Zero, TimeSpan.FromHours(1));
        Check(mistakes, nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
        Check(mistakes, nameof(LongestPause), LongestPause, TimeSpan.Zero, TimeSpan.FromHours(1));
        Check(mistakes, nameof(ShutdownPatience), ShutdownPatience, TimeSpan.Zero, TimeSpan.FromHours(1));
        return mistakes;
    }

    private static void Check<T>(List<string> mistakes, string name, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            mistakes.Add($"{name} is {value}, and goes from {least} to {most}.");
    }
}
