using System.Text.Json.Serialization;

namespace StatHub.Load;

/// <summary>
/// What became of every request: <c>requests = answered + unanswered + unsent</c>, and <c>answered</c> is the sum of the
/// five kinds of answers.
/// </summary>
public sealed record LoadReport
{
    public required long Requests { get; init; }

    /// <summary>Requests whose whole answer arrived.</summary>
    public required long Answered { get; init; }

    public required long Answered200 { get; init; }

    public required long Answered204 { get; init; }

    public required long Answered304 { get; init; }

    public required long Answered429 { get; init; }

    /// <summary>Answers with any other status.</summary>
    public required long AnsweredOther { get; init; }

    /// <summary>Requests whose connection died, or was given up, before their answer was whole. The server may have counted them.</summary>
    public required long Unanswered { get; init; }

    /// <summary>Requests that no connection was there for. The server cannot have seen them.</summary>
    public required long Unsent { get; init; }

    public required long ConnectionsOpened { get; init; }

    public required long ConnectFailures { get; init; }

    public required double LatencyP50Milliseconds { get; init; }

    public required double LatencyP99Milliseconds { get; init; }

    public required double Seconds { get; init; }

    public required double AnswersPerSecond { get; init; }

    /// <summary>Processor time of this whole process, user and kernel, during the run.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>Every status that was answered, with its number of answers.</summary>
    public required IReadOnlyDictionary<int, long> Statuses { get; init; }

    /// <summary>The same outcomes per tenant and key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LoadTargetReport>? Targets { get; init; }

    /// <summary>Answers that stand for a hit: 200, 204 and 304.</summary>
    [JsonIgnore]
    public long Accepted => Answered200 + Answered204 + Answered304;
}

/// <summary>Outcomes of one tenant's key.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Key">The key, decoded.</param>
/// <param name="Accepted">Answers that stand for a hit: 200, 204 and 304.</param>
/// <param name="Refused">All other answers.</param>
/// <param name="Unanswered">Requests that were sent and not answered.</param>
public sealed record LoadTargetReport(string Tenant, string Key, long Accepted, long Refused, long Unanswered);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class LoadJson : JsonSerializerContext;
