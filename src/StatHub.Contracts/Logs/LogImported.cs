using System.Text.Json.Serialization;

namespace StatHub.Contracts.Logs;

/// <summary>What became of a log that was imported.</summary>
/// <param name="Format">The format that it was read in.</param>
/// <param name="Lines">How many lines of it are new; blank ones are none.</param>
/// <param name="Entries">How many of them were read, and will be counted; of a report of ringserver, how many entries of clients begin in them.</param>
/// <param name="Bytes">The bytes of all that will be counted together.</param>
/// <param name="Refused">What could not be read, or is not as it should be, by reason; it is in the ledger as <c>log_line</c>.</param>
/// <param name="Samples">The first of them, at most five of each reason.</param>
/// <param name="LogBytes">How many bytes the log has, unpacked.</param>
/// <param name="KnownBytes">How many bytes of its beginning were imported before, and are not counted again.</param>
/// <param name="BadLines">How many lines have something in them that is in <paramref name="Refused"/>.</param>
/// <param name="StreamLines">How many streams of a report of ringserver were read, and will be counted; absent for other formats.</param>
public sealed record LogImported(
    string Format, long Lines, long Entries, long Bytes, IReadOnlyDictionary<string, long> Refused, IReadOnlyList<UnreadLine> Samples, long LogBytes, long KnownBytes,
    long BadLines = 0, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? StreamLines = null);

/// <summary>A line of a log that could not be read.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Reason">Why, as a key of <see cref="LogImported.Refused"/>.</param>
/// <param name="Meaning">The same in a sentence.</param>
/// <param name="Text">Its first 300 bytes.</param>
public sealed record UnreadLine(long Line, string Reason, string Meaning, string Text);
