namespace StatHub.Core.Events;

/// <summary>What is wrong with an event that was sent.</summary>
/// <param name="Index">Its place in what was sent, from 0.</param>
/// <param name="Field">The name of the field; <c>body</c> where it is the whole.</param>
/// <param name="Detail">What is wrong.</param>
public sealed record EventError(int Index, string Field, string Detail);
