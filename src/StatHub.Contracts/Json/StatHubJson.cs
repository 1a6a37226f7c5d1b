using System.Text.Json.Serialization;
using StatHub.Contracts.Alerts;
using StatHub.Contracts.Events;
using StatHub.Contracts.Health;
using StatHub.Contracts.Hits;
using StatHub.Contracts.Jobs;
using StatHub.Contracts.Ledger;
using StatHub.Contracts.Logs;
using StatHub.Contracts.Nginx;
using StatHub.Contracts.Stats;
using StatHub.Contracts.Tenants;
using StatHub.Contracts.Tokens;

namespace StatHub.Contracts.Json;

/// <summary>How every record of the API is written: camelCase, UTC instants, exact numbers; unknown members are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(InstantConverter)])]
[JsonSerializable(typeof(HitCount))]
[JsonSerializable(typeof(HitSeries))]
[JsonSerializable(typeof(KeyPage))]
[JsonSerializable(typeof(TopValues))]
[JsonSerializable(typeof(SumsByDimension))]
[JsonSerializable(typeof(SumRow))]
[JsonSerializable(typeof(TenantInfo))]
[JsonSerializable(typeof(IReadOnlyList<TenantInfo>))]
[JsonSerializable(typeof(NewTenant))]
[JsonSerializable(typeof(TenantChange))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(TokenInfo))]
[JsonSerializable(typeof(IReadOnlyList<TokenInfo>))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(TokenRotation))]
[JsonSerializable(typeof(IReadOnlyList<AccessUser>))]
[JsonSerializable(typeof(TokenImportReport))]
[JsonSerializable(typeof(LedgerSums))]
[JsonSerializable(typeof(IReadOnlyList<RefusedLine>))]
[JsonSerializable(typeof(ExplainedLine))]
[JsonSerializable(typeof(ReopenDone))]
[JsonSerializable(typeof(NewJob))]
[JsonSerializable(typeof(JobInfo))]
[JsonSerializable(typeof(IReadOnlyList<JobInfo>))]
[JsonSerializable(typeof(LogImported))]
[JsonSerializable(typeof(IReadOnlyList<FollowedLog>))]
[JsonSerializable(typeof(IReadOnlyList<ImportedLog>))]
[JsonSerializable(typeof(EventsAccepted))]
[JsonSerializable(typeof(EventProblem))]
[JsonSerializable(typeof(ClassicFailure))]
[JsonSerializable(typeof(ClassicRefusal))]
[JsonSerializable(typeof(Pong))]
[JsonSerializable(typeof(HealthState))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ReportedUpdate))]
[JsonSerializable(typeof(UpdateAnswer))]
[JsonSerializable(typeof(StatsAnswer))]
[JsonSerializable(typeof(DeletedStats))]
[JsonSerializable(typeof(StreamedStats))]
[JsonSerializable(typeof(NewAlerts))]
[JsonSerializable(typeof(AlertsInfo))]
[JsonSerializable(typeof(AlertHistoryPage))]
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
public sealed partial class StatHubJson : JsonSerializerContext;
