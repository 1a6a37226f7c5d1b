namespace StatHub.Contracts.Logs;

/// <summary>What became of a log that was imported.</summary>
/// <param name="Format">The format that it was read in.</param>
/// <param name="Lines">How many lines of it are new; blank ones are none.</param>
/// <param name="Entries">How many of them were read, and will be counted.</param>
/// <param name="Bytes">The bytes of all their answers together.</param>
/// <param name="Refused">How many could not be read, by reason; they are in the ledger as <c>log_line</c>.</param>
/// <param name="Samples">The first of them, at most five of each reason.</param>
/// <param name="LogBytes">How many bytes the log has, unpacked.</param>
/// <param name="KnownBytes">How many bytes of its beginning were imported before, and are not counted again.</param>
public sealed record LogImported(
    string Format, long Lines, long Entries, long Bytes, IReadOnlyDictionary<string, long> Refused, IReadOnlyList<UnreadLine> Samples, long LogBytes, long KnownBytes);

/// <summary>A line of a log that could not be read.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Reason">Why, as a key of <see cref="LogImported.Refused"/>.</param>
/// <param name="Meaning">The same in a sentence.</param>
/// <param name="Text">Its first 300 bytes.</param>
public sealed record UnreadLine(long Line, string Reason, string Meaning, string Text);
