using System.Text.Json.Serialization;

namespace StatHub.Contracts.Events;

/// <summary>How clients of stats-service expect to be told that something did not work.</summary>
/// <param name="Success">Always false.</param>
/// <param name="Data">Always null.</param>
/// <param name="Message">What is wrong; for an event that is not there its name.</param>
public sealed record ClassicFailure(bool Success, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Data, string Message);

/// <summary>How clients of stats-service expect to be told that a token does not do.</summary>
/// <param name="Message">What is wrong.</param>
/// <param name="Code">The HTTP status.</param>
/// <param name="Title">The name of the status.</param>
public sealed record ClassicRefusal(string Message, int Code, string Title);
