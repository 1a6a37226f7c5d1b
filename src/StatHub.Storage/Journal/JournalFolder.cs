using StatHub.Core.Journal;
using StatHub.Storage.Posix;

namespace StatHub.Storage.Journal;

/// <summary>The folder of line files that wait to be ingested.</summary>
internal sealed class JournalFolder(string path)
{
    private readonly Lock _gate = new();

    public string Path { get; } = path;

    public string LivePath { get; } = System.IO.Path.Combine(path, JournalFileName.Live);

    /// <summary>
    /// The journal's files, oldest minute first and the live file last. A second link to a file that is in the folder
    /// already is left out: it is the same file.
    /// </summary>
    public List<JournalFile> Scan()
    {
        // A listing that a rename overtakes may show a file under neither of its names.
        lock (_gate)
            return ScanAlone();
    }

    /// <summary>Renames a live file to the first free name for a minute; that name.</summary>
    public string CutLive(DateTimeOffset minute, string live = JournalFileName.Live) => Take(System.IO.Path.Combine(Path, live), live, minute);

    /// <summary>Moves a file that nobody writes to any more into the journal, under the first free name for a minute; that name.</summary>
    /// <param name="path">The file, on the same disk.</param>
    /// <param name="live">What it would be called while it is written to.</param>
    /// <param name="minute">The minute.</param>
    public string Take(string path, string live, DateTimeOffset minute)
    {
        lock (_gate)
        {
            for (var again = 0; ; again++)
            {
                var name = JournalFileName.ForCut(minute, again, live);
                if (Libc.TryRename(path, System.IO.Path.Combine(Path, name)))
                    return name;
            }
        }
    }

    private List<JournalFile> ScanAlone()
    {
        var files = new List<JournalFile>();
        var inodes = new HashSet<long>();
        foreach (var file in new DirectoryInfo(Path).EnumerateFiles())
        {
            if (!JournalFileName.TryParse(file.Name, out var parsed))
                continue;
            var inode = Libc.Inode(file.FullName);
            if (inode >= 0 && inodes.Add(inode))
                files.Add(new JournalFile(file.Name, file.FullName, parsed, inode, file.Length, file.LastWriteTimeUtc));
        }
        files.Sort(CompareAge);
        return files;
    }

    private static int CompareAge(JournalFile left, JournalFile right)
    {
        var byMinute = Minute(left).CompareTo(Minute(right));
        if (byMinute != 0)
            return byMinute;
        var byLength = left.Name.Length.CompareTo(right.Name.Length);
        return byLength != 0 ? byLength : string.CompareOrdinal(left.Name, right.Name);
    }

    private static long Minute(JournalFile file) => file.Parsed.Kind == JournalFileKind.Live ? long.MaxValue : file.Parsed.Minute;
}
