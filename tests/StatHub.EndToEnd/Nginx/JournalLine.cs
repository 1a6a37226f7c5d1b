using System.Text;
using System.Text.Json;

namespace StatHub.EndToEnd.Nginx;

/// <summary>One line that nginx wrote, as any JSON reader sees it once invalid UTF-8 is replaced.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Text">The line without its newline.</param>
public sealed record JournalLine(string File, string Text)
{
    private readonly Lazy<JsonElement> _json = new(() => JsonDocument.Parse(Text).RootElement);

    public JsonElement Json => _json.Value;

    public string Tenant => this["tenant"];

    public string Key => this["key"];

    public int Status => Json.GetProperty("status").GetInt32();

    /// <summary>A text field.</summary>
    public string this[string field] => Json.GetProperty(field).GetString()!;

    /// <summary>The complete lines of all files of a folder.</summary>
    public static IReadOnlyList<JournalLine> ReadFolder(string folder) =>
        [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).SelectMany(ReadFile)];

    private static IEnumerable<JournalLine> ReadFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var lines = Encoding.UTF8.GetString(bytes.ToArray()).Split('\n');
        return lines.SkipLast(1).Select(line => new JournalLine(Path.GetFileName(path), line)).ToList();
    }
}
