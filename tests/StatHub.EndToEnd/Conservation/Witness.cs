using System.Diagnostics;
using System.Text.Json;

namespace StatHub.EndToEnd.Conservation;

/// <summary>
/// Keeps a second link to every file that is ever in the journal, so that what nginx wrote can be counted afterwards
/// although the service has removed its files.
/// </summary>
public sealed class Witness : IDisposable
{
    private const string Beginning = "{\"tenant\":\"";

    private const string Script =
        """
        cd "$1" || exit 1
        n=0
        while :; do
          for file in *.log*; do
            # Without another process as long as nothing is new: a file may be gone within some hundredths of a second.
            [ "$file" -ef "$2/latest/$file" ] && continue
            # A link keeps its name, whatever the file is called later; which is the latest of a name is noted beside.
            n=$((n + 1))
            ln -- "$file" "$2/$$.$n" 2>/dev/null && ln -sf -- "../$$.$n" "$2/latest/$file"
          done
          [ "$3" = once ] && exit
          sleep 0.01
        done
        """;

    private readonly string _journal;
    private readonly string _links;
    private readonly Process _linker;

    public Witness(string journal)
    {
        // Links work within one file system only, so they lie beside the journal.
        (_journal, _links) = (journal, Path.Combine(Path.GetDirectoryName(journal)!, "witness"));
        Directory.CreateDirectory(Path.Combine(_links, "latest"));
        _linker = Link("for ever");
    }

    /// <summary>
    /// How many complete lines are hits by the contract: JSON, of a tenant, with a status that counts. A line that is
    /// glued to a fragment is one, too.
    /// </summary>
    public long ValidLines() => Pieces().LongCount(IsHit);

    /// <summary>How many pieces are not: what is left of lines that nginx could not write to their end.</summary>
    public long Fragments() => Pieces().LongCount(piece => !IsHit(piece));

    public void Dispose()
    {
        _linker.Kill();
        _linker.WaitForExit();
        _linker.Dispose();
    }

    /// <summary>Every piece begins as a line does, and escape=json lets no client write that.</summary>
    private IEnumerable<string> Pieces()
    {
        // With a file for each key one look takes a while, so the last one may have missed the youngest.
        using (var last = Link("once"))
            last.WaitForExit();
        return from file in Files()
               from line in File.ReadLines(file)
               from piece in Pieces(line)
               select piece;
    }

    /// <summary>A file that was linked under several names counts once.</summary>
    private List<string> Files()
    {
        using var list = Process.Start(new ProcessStartInfo("sh", ["-c", "find \"$1\" -maxdepth 1 -type f -printf '%i %p\\n'", "sh", _links]) { RedirectStandardOutput = true })!;
        var lines = list.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        list.WaitForExit();
        return [.. lines.Select(line => line.Split(' ', 2)).DistinctBy(parts => parts[0]).Select(parts => parts[1])];
    }

    private Process Link(string times) => Process.Start("sh", ["-c", Script, "sh", _journal, _links, times]);

    private static IEnumerable<string> Pieces(string line)
    {
        var begin = 0;
        for (var next = line.IndexOf(Beginning, StringComparison.Ordinal); next >= 0; next = line.IndexOf(Beginning, next + 1, StringComparison.Ordinal))
        {
            if (next > begin)
                yield return line[begin..next];
            begin = next;
        }
        yield return line[begin..];
    }

    private static bool IsHit(string line)
    {
        try
        {
            using var hit = JsonDocument.Parse(line);
            return hit.RootElement.GetProperty("tenant").GetString() is "demo" or "other"
                && hit.RootElement.GetProperty("status").GetInt32() is 200 or 204 or 304;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
