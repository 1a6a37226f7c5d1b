namespace StatHub.Contracts.Events;

/// <summary>What is wrong with events that were sent: a problem whose <c>errors</c> say which event and field. None of them is stored.</summary>
/// <param name="Type">Always <c>/problems/bad-events</c>.</param>
/// <param name="Title">The problem in a few words.</param>
/// <param name="Status">Always 400.</param>
/// <param name="Detail">What to do.</param>
/// <param name="Errors">What is wrong; at most 100 entries.</param>
public sealed record EventProblem(string Type, string Title, int Status, string Detail, IReadOnlyList<EventFault> Errors);

/// <summary>What is wrong with one field of an event.</summary>
/// <param name="Index">The event's place in what was sent, from 0.</param>
/// <param name="Field">The name of the field; <c>body</c> where it is the whole.</param>
/// <param name="Detail">What is wrong.</param>
public sealed record EventFault(int Index, string Field, string Detail);
