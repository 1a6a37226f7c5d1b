namespace StatHub.Cli.Traffic;

/// <summary>What to generate. Together with the program's version it decides every byte.</summary>
internal sealed record TrafficPlan
{
    public required long Lines { get; init; }

    /// <summary>The first is the most popular one.</summary>
    public required IReadOnlyList<string> Tenants { get; init; }

    /// <summary>Every tenant has this many.</summary>
    public required int KeysPerTenant { get; init; }

    public required DateTimeOffset From { get; init; }

    /// <summary>Exclusive.</summary>
    public required DateTimeOffset To { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>Share of hostile lines, 0 to 100.</summary>
    public double HostilePercent { get; init; }

    public TrafficFormat Format { get; init; } = TrafficFormat.Journal;

    /// <summary>First part of the pixel's path.</summary>
    public string Prefix { get; init; } = "p";
}

/// <summary>The log format of the lines.</summary>
internal enum TrafficFormat
{
    /// <summary>StatHub's journal, as the shipped nginx configuration writes it.</summary>
    Journal,

    /// <summary>nginx's and Apache's combined format.</summary>
    Combined,
}

/// <summary>What was generated.</summary>
/// <param name="Lines">All lines.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Hostile">Hostile lines by kind.</param>
internal sealed record TrafficSummary(long Lines, long Bytes, IReadOnlyDictionary<string, long> Hostile);
