using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Contracts.Logs;
using StatHub.Core.Logs;
using StatHub.Storage.Logs;

namespace StatHub.Cli.Commands.Logs;

/// <summary>What became of a log, for people.</summary>
internal static class LogImportReport
{
    public static async Task ShowAsync(Screen screen, string file, LogImported imported, bool isDryRun)
    {
        await screen.LineAsync(imported.Lines == 0 && imported.KnownBytes > 0
            ? $"{file}: all of it was imported before."
            : $"{file}: {Figures.Of(imported.Lines)} lines of {imported.Format}, {Counted(imported)} {(isDryRun ? "would be counted" : "will be counted")}, {Figures.Bytes(imported.Bytes)} sent by them"
                + (imported.KnownBytes > 0 ? $"; the first {Figures.Bytes(imported.KnownBytes)} were imported before." : "."));
        if (imported.Refused.Count == 0)
            return;
        var columns = new Columns().Text("Not read").Number("Lines").Number("First in line").LongText("Such as");
        foreach (var (reason, lines) in imported.Refused.OrderByDescending(refused => refused.Value))
        {
            var sample = imported.Samples.First(one => one.Reason == reason);
            columns.Row(reason, Figures.Of(lines), sample.Line.ToString(CultureInfo.InvariantCulture), TerminalText.Of(sample.Text));
        }
        screen.Show(columns.Build());
        foreach (var meaning in imported.Samples.DistinctBy(sample => sample.Reason))
            await screen.NoteAsync($"{meaning.Reason}: {meaning.Meaning}");
    }

    private static string Counted(LogImported imported) => imported.StreamLines is { } streams
        ? $"{Figures.Of(imported.Entries)} entries whose {Figures.Of(streams)} streams"
        : Figures.Of(imported.Entries);

    /// <summary>The answer that the service would give.</summary>
    public static LogImported Of(LogImport import) => new(
        import.Format.Name, import.Report.Lines, import.Entries, import.Report.Bytes,
        import.Report.Refused.ToDictionary(refused => refused.Reason.Name(), refused => refused.Lines),
        [.. import.Report.Samples.Select(sample => new UnreadLine(sample.Number, sample.Reason.Name(), sample.Reason.Meaning(), sample.Text))],
        import.LogBytes, import.KnownBytes, import.Report.BadLines, import.StreamLines);
}
