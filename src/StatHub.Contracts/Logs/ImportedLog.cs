using System.Text.Json.Serialization;

namespace StatHub.Contracts.Logs;

/// <summary>A log that was imported.</summary>
/// <param name="Time">When all of it was taken.</param>
/// <param name="Format">The format that it was read in.</param>
/// <param name="Key">Which keys its lines count for. Absent where they say it themselves.</param>
/// <param name="Lines">How many lines of it were new.</param>
/// <param name="Entries">How many of them were read; of a report of ringserver, how many entries of clients begin in them.</param>
/// <param name="Bytes">The bytes of all that is counted together.</param>
/// <param name="Refused">What could not be read, or is not as it should be, by reason. The ledger has samples, under the same names with <c>log_</c> before them.</param>
/// <param name="LogBytes">How many bytes the log has, unpacked.</param>
/// <param name="KnownBytes">How many bytes of its beginning had been imported before.</param>
/// <param name="BadLines">How many lines have something in them that is in <paramref name="Refused"/>.</param>
/// <param name="StreamLines">How many streams of a report of ringserver were read; absent for other formats.</param>
public sealed record ImportedLog(
    DateTimeOffset Time, string Format, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key, long Lines, long Entries, long Bytes,
    IReadOnlyDictionary<string, long> Refused, long LogBytes, long KnownBytes, long BadLines, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? StreamLines);
