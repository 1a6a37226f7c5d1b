using System.Collections.Concurrent;
using System.Text.Json;
using StatHub.Contracts.Json;
using StatHub.Contracts.Stats;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;

namespace StatHub.Server.Stats;

/// <summary>Answers about dims, as long as nothing was reported since: a dashboard that asks again and again costs next to nothing.</summary>
internal sealed class AnswerCache(IStatsStore stats)
{
    private const int MostAnswers = 256;
    private const int MostBytes = 256 * 1024;

    private readonly ConcurrentDictionary<(TenantId Tenant, string? Dim), (StatStamp Stamp, byte[] Body)> _answers = new();

    /// <summary>The body of an answer.</summary>
    /// <param name="tenant">Whose stats.</param>
    /// <param name="dim">A dim in lower case; null for all.</param>
    public byte[] Body(TenantId tenant, string? dim)
    {
        // Asked before it is read: what comes meanwhile may be in the answer, and another one is made next time.
        var stamp = stats.Stamp(tenant);
        if (_answers.TryGetValue((tenant, dim), out var known) && known.Stamp == stamp)
            return known.Body;
        var body = JsonSerializer.SerializeToUtf8Bytes(Answer(stats.Read(tenant, dim)), StatHubJson.Default.StatsAnswer);
        if (_answers.Count >= MostAnswers)
            _answers.Clear();
        if (body.Length <= MostBytes)
            _answers[(tenant, dim)] = (stamp, body);
        return body;
    }

    public static StatsAnswer Answer(StatReport report) => new(true, "", Map<SortedDictionary<string, ReportedStats>, IReadOnlyDictionary<string, ValueStats>>(report.Dims, values => Map(values, Stats)));

    private static ValueStats Stats(ReportedStats stats) => new(Shown(stats.Counters), Shown(stats.Gauges), Shown(stats.GaugesCurrent));

    private static SortedDictionary<string, Int128>? Shown(SortedDictionary<string, Int128> numbers) => numbers.Count > 0 ? numbers : null;

    // Sorted already, and written in the order of insertion.
    private static OrderedDictionary<string, TTo> Map<TFrom, TTo>(IReadOnlyDictionary<string, TFrom> all, Func<TFrom, TTo> map)
    {
        var mapped = new OrderedDictionary<string, TTo>(all.Count);
        foreach (var (name, one) in all)
            mapped.Add(name, map(one));
        return mapped;
    }
}
