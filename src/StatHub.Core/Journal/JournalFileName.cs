using System.Globalization;
using System.Text;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;

namespace StatHub.Core.Journal;

/// <summary>
/// What the name of a journal file says: <c>hits.log</c> and <c>events.log</c> are live, <c>hits-YYYY-MM-DD-HH-MM.log</c> (and <c>.log.1</c>, …)
/// and <c>events-…</c> are cut off, <c>logs-…</c> came whole, <c>tenant-key-YYYY-MM-DD-HH-MM.log</c> holds one minute of one key.
/// </summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Tenant">The tenant's bytes, of a per-key file; they may be no valid tenant.</param>
/// <param name="Key">The percent-decoded key, of a per-key file; it may be no valid key.</param>
/// <param name="Minute">The minute in the name, counted from 1970; -1 for the live file.</param>
public sealed record JournalFileName(JournalFileKind Kind, byte[] Tenant, byte[] Key, long Minute)
{
    /// <summary>The live file that nginx appends to.</summary>
    public const string Live = "hits.log";

    /// <summary>The live file that the service appends events to.</summary>
    public const string LiveEvents = "events.log";

    /// <summary>What the files of logs that were imported would be called, were they ever live.</summary>
    public const string Logs = "logs.log";

    /// <summary>What the name of the live file says: nothing about tenant, key or time.</summary>
    public static readonly JournalFileName LiveFile = new(JournalFileKind.Live, [], [], -1);

    private const string MinuteFormat = "yyyy-MM-dd-HH-mm";
    private const string Extension = ".log";

    /// <summary>The name of a cut file; <paramref name="again"/> counts further cuts in one minute.</summary>
    /// <param name="minute">The minute of its last write.</param>
    /// <param name="again">0 for the first of the minute.</param>
    /// <param name="live">The name of the live file that it was.</param>
    public static string ForCut(DateTimeOffset minute, int again, string live = Live)
    {
        var name = $"{live[..^Extension.Length]}-{minute.UtcDateTime.ToString(MinuteFormat, CultureInfo.InvariantCulture)}{Extension}";
        return again == 0 ? name : $"{name}.{again.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>Reads a name; false for a file that is not the journal's.</summary>
    public static bool TryParse(string name, out JournalFileName parsed)
    {
        parsed = LiveFile;
        if (name is Live or LiveEvents)
            return true;
        var end = name.LastIndexOf(Extension, StringComparison.Ordinal);
        if (end < MinuteFormat.Length || !IsSuffix(name.AsSpan(end + Extension.Length)))
            return false;
        var stem = name[..end];
        if (!DateTime.TryParseExact(
                stem.AsSpan(stem.Length - MinuteFormat.Length), MinuteFormat, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var minute))
            return false;
        var minutes = new DateTimeOffset(minute).ToUnixTimeSeconds() / 60;
        var head = stem.AsSpan(0, stem.Length - MinuteFormat.Length);
        if (head is "hits-" or "events-" or "logs-")
        {
            parsed = new JournalFileName(JournalFileKind.Cut, [], [], minutes);
            return true;
        }
        var dash = head.IndexOf('-');
        if (dash < 1 || head.Length < dash + 3 || head[^1] != '-')
            return false;
        var key = Encoding.UTF8.GetBytes(head[(dash + 1)..^1].ToString());
        var decoded = QueryArgs.DecodePercent(key, new byte[key.Length]).ToArray();
        parsed = new JournalFileName(JournalFileKind.PerKey, Encoding.UTF8.GetBytes(head[..dash].ToString()), decoded, minutes);
        return true;
    }

    /// <summary>Whether the tenant in the name is one.</summary>
    public bool HasTenant => TenantId.IsValid(Tenant);

    private static bool IsSuffix(ReadOnlySpan<char> suffix) =>
        suffix.IsEmpty || (suffix[0] == '.' && suffix.Length > 1 && suffix[1..].IndexOfAnyExceptInRange('0', '9') < 0);
}

/// <summary>How a journal file came to be.</summary>
public enum JournalFileKind
{
    /// <summary>nginx appends to it.</summary>
    Live,

    /// <summary>It was the live file.</summary>
    Cut,

    /// <summary>One minute of one key.</summary>
    PerKey,
}
