namespace StatHub.Core.Logs;

/// <summary>Where a line is.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Bytes">How many bytes stand before it.</param>
public readonly record struct LogPlace(long Number, long Bytes);
