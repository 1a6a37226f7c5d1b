namespace StatHub.Core.Work;

/// <summary>How far long work has come.</summary>
/// <param name="Done">How much is done, from 0 to <paramref name="Total"/>.</param>
/// <param name="Total">How much there is to do, as far as that is known.</param>
/// <param name="Unit">What is counted: <c>hits</c>, <c>bytes</c>, <c>days</c>.</param>
public readonly record struct WorkProgress(long Done, long Total, string Unit);
