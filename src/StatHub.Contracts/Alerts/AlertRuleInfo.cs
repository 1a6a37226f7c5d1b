using System.Text.Json.Serialization;
using StatHub.Contracts.Json;

namespace StatHub.Contracts.Alerts;

/// <summary>What a tenant wants to be told of, and where: takes the place of what there was.</summary>
/// <param name="Rules">At most 20, each with a name of its own.</param>
/// <param name="Receivers">At most 10, each with a name of its own; none when absent.</param>
public sealed record NewAlerts(IReadOnlyList<NewAlertRule?>? Rules = null, IReadOnlyList<NewAlertReceiver?>? Receivers = null);

/// <summary>A rule. Times are seconds.</summary>
/// <param name="Name">1 to 64 characters.</param>
/// <param name="Metric"><c>rate</c> and <c>client_rate</c> (hits a second), <c>error_rate</c> (the share of 5xx), <c>value</c> (the sum of values in the window) or <c>no_data</c>.</param>
/// <param name="Comparison"><c>above</c> or <c>below</c>, strictly; <c>above</c> when absent.</param>
/// <param name="Threshold">What is exceeded, with at most 6 digits behind the point; absent for <c>no_data</c>.</param>
/// <param name="Window">How much of the past it looks at, 1 to 3,600; 120 when absent.</param>
/// <param name="For">How long it must be exceeded before somebody is told, 0 to 86,400; 0 when absent.</param>
/// <param name="KeepFiringFor">How long it must be exceeded no more before it is over, 0 to 86,400; 0 when absent.</param>
/// <param name="Labels">At most 16 texts that go with every message.</param>
/// <param name="RepeatInterval">After how long it is told again that it is not over, 60 to 2,592,000, or 0 for never; 14,400 when absent.</param>
public sealed record NewAlertRule(
    string? Name = null,
    string? Metric = null,
    ExactNumber? Threshold = null,
    string? Comparison = null,
    int? Window = null,
    int? For = null,
    int? KeepFiringFor = null,
    IReadOnlyDictionary<string, string?>? Labels = null,
    int? RepeatInterval = null);

/// <summary>Somebody who is told by a request.</summary>
/// <param name="Name">1 to 64 characters.</param>
/// <param name="Url">Where the request goes: http or https, without a user and a fragment.</param>
/// <param name="Secret">What the request is signed with, at most 256 characters. Absent for the one that a receiver of this name has, empty for none.</param>
public sealed record NewAlertReceiver(string? Name = null, string? Url = null, string? Secret = null);

/// <summary>What a tenant wants to be told of, and how it stands.</summary>
/// <param name="AsOf">The instant that the states are of; null before the first look after a start or a change.</param>
/// <param name="Rules">The rules.</param>
/// <param name="Receivers">The receivers, without their secrets.</param>
public sealed record AlertsInfo(DateTimeOffset? AsOf, IReadOnlyList<AlertRuleInfo> Rules, IReadOnlyList<AlertReceiverInfo> Receivers);

/// <summary>A rule and how it stands with it. Times are seconds.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Metric">What it looks at.</param>
/// <param name="Comparison">On which side of the threshold it is exceeded.</param>
/// <param name="Threshold">What is exceeded; 0 for <c>no_data</c>.</param>
/// <param name="Window">How much of the past it looks at.</param>
/// <param name="For">How long it must be exceeded before somebody is told.</param>
/// <param name="KeepFiringFor">How long it must be exceeded no more before it is over.</param>
/// <param name="Labels">What goes with every message.</param>
/// <param name="RepeatInterval">After how long it is told again that it is not over; 0 for never.</param>
/// <param name="State"><c>ok</c>, <c>pending</c>, <c>firing</c>, or <c>no_data</c>, which is what firing is for that metric. Of a rule about clients that of the one with which it stands worst.</param>
/// <param name="States">The state of the rule, or of each client that is not ok; empty before the first look.</param>
/// <param name="UnnamedClients">How many clients exceed it that have no state, since there are over 1,000; absent for none.</param>
public sealed record AlertRuleInfo(
    string Name,
    string Metric,
    string Comparison,
    ExactNumber Threshold,
    int Window,
    int For,
    int KeepFiringFor,
    IReadOnlyDictionary<string, string> Labels,
    int RepeatInterval,
    string State,
    IReadOnlyList<AlertStateInfo> States,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int UnnamedClients = 0);

/// <summary>A state.</summary>
/// <param name="Client">Whose it is: an address as it is stored, or a visitor; absent for the rule as a whole.</param>
/// <param name="State"><c>ok</c>, <c>pending</c>, <c>firing</c> or <c>no_data</c>.</param>
/// <param name="Since">When it began.</param>
/// <param name="Value">What the window had at the last look: hits, the share of errors, or the sum of values.</param>
/// <param name="Hits">How many hits it had.</param>
public sealed record AlertStateInfo(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Client, string State, DateTimeOffset Since, ExactNumber Value, long Hits);

/// <summary>A receiver.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Url">Where the request goes.</param>
/// <param name="IsSigned">Whether it has a secret.</param>
public sealed record AlertReceiverInfo(string Name, string Url, bool IsSigned);

/// <summary>Some changes of state, the latest first.</summary>
/// <param name="Transitions">The changes.</param>
/// <param name="Next">The <c>cursor</c> of the next page; null on the last one.</param>
public sealed record AlertHistoryPage(IReadOnlyList<AlertTransitionInfo> Transitions, string? Next);

/// <summary>A change of state.</summary>
/// <param name="Rule">The name of the rule.</param>
/// <param name="Metric">What it looked at.</param>
/// <param name="Client">Whose state it is; absent for the rule as a whole.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state then.</param>
/// <param name="At">When it changed.</param>
/// <param name="Duration">How many seconds the state before lasted; null where that is not known.</param>
/// <param name="Value">What the window had: hits, the share of errors, or the sum of values.</param>
/// <param name="Hits">How many hits it had.</param>
public sealed record AlertTransitionInfo(
    string Rule,
    string Metric,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Client,
    string From,
    string To,
    DateTimeOffset At,
    double? Duration,
    ExactNumber Value,
    long Hits);
