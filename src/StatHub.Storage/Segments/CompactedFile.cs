using System.Globalization;
using StatHub.Core.Tenants;

namespace StatHub.Storage.Segments;

/// <summary>A tenant's day in a file of its own.</summary>
/// <param name="Id">The number of the compaction that made it; none is given twice.</param>
/// <param name="Tenant">Whose hits.</param>
/// <param name="Day">UTC days since 1970.</param>
internal sealed record CompactedFile(long Id, TenantId Tenant, int Day)
{
    private static readonly int UnixDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>Its name below the folder of segments.</summary>
    public string Name => $"{Tenant}/{Stem}{SegmentFolder.Extension}";

    /// <summary>The name of a file of its compaction that nobody needs when that has ended.</summary>
    public string TemporaryName(string purpose) => $"{Tenant}/{Stem}.{purpose}{SegmentFolder.Temporary}";

    private string Stem => string.Create(CultureInfo.InvariantCulture, $"{DateOnly.FromDayNumber(Day + UnixDay):yyyy-MM-dd}.{Id}");
}
