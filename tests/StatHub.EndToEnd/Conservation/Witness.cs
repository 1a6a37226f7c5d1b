using System.Text.Json;
using StatHub.Storage.Posix;

namespace StatHub.EndToEnd.Conservation;

/// <summary>
/// Keeps a second link to every file that is ever in the journal, so that what nginx wrote can be counted afterwards
/// although the service has removed its files.
/// </summary>
public sealed class Witness : IDisposable
{
    private const string Beginning = "{\"tenant\":\"";

    // A file that is cut twice in a row is gone within some hundredths of a second.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly string _journal;
    private readonly string _links;
    private readonly HashSet<long> _seen = [];
    private readonly ManualResetEventSlim _enough = new();
    private readonly Thread _watch;

    public Witness(string journal)
    {
        // Links work within one file system only, so they lie beside the journal.
        (_journal, _links) = (journal, Path.Combine(Path.GetDirectoryName(journal)!, "witness"));
        Directory.CreateDirectory(_links);
        _watch = new Thread(Watch) { IsBackground = true, Name = nameof(Witness) };
        _watch.Start();
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
        _enough.Set();
        _watch.Join();
        _enough.Dispose();
    }

    private void Watch()
    {
        do
        {
            try
            {
                Link();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Tests take the folder away, too; what it holds is seen when it is back.
            }
        }
        while (!_enough.Wait(Pause));
    }

    private void Link()
    {
        lock (_seen)
        {
            foreach (var file in Directory.EnumerateFiles(_journal, "*.log*"))
                Link(file);
        }
    }

    /// <summary>A link keeps the file, whatever it is called later; an inode that is kept is nobody else's.</summary>
    private void Link(string file)
    {
        if (_seen.Contains(Libc.Inode(file)))
            return;
        var link = Path.Combine(_links, $"{_seen.Count}");
        // The name may be gone, or another file's, since its inode was asked.
        if (!Libc.TryLink(file, link))
            return;
        if (!_seen.Add(Libc.Inode(link)))
            File.Delete(link);
    }

    /// <summary>Every piece begins as a line does, and escape=json lets no client write that.</summary>
    private IEnumerable<string> Pieces()
    {
        // With a file for each key one look takes a while, so the last one may have missed the youngest.
        Link();
        return from file in Directory.GetFiles(_links)
               from line in File.ReadLines(file)
               from piece in Pieces(line)
               select piece;
    }

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
