using System.Globalization;
using System.Text.RegularExpressions;
using StatHub.Core.Tenants;
using StatHub.Core.Time;

namespace StatHub.Storage.Segments;

/// <summary>A tenant's day in a file of its own.</summary>
/// <param name="Id">The number of the compaction that made it; none is given twice.</param>
/// <param name="Tenant">Whose hits.</param>
/// <param name="Day">UTC days since 1970.</param>
internal sealed partial record CompactedFile(long Id, TenantId Tenant, int Day)
{
    /// <summary>Its name below the folder of segments.</summary>
    public string Name => $"{Tenant}/{Stem}{SegmentFolder.Extension}";

    /// <summary>The name of a file of its compaction that nobody needs when that has ended.</summary>
    public string TemporaryName(string purpose) => $"{Tenant}/{Stem}.{purpose}{SegmentFolder.Temporary}";

    /// <summary>Whether a name below the folder of segments is that of a compacted file.</summary>
    public static bool IsName(string name) => NamePattern().IsMatch(name);

    [GeneratedRegex(@"\A[a-z0-9]{1,32}/\d{4}-\d\d-\d\d\.\d+\.jsonl\.gz\z")]
    private static partial Regex NamePattern();

    private string Stem => string.Create(CultureInfo.InvariantCulture, $"{UtcDay.Date(Day):yyyy-MM-dd}.{Id}");
}
