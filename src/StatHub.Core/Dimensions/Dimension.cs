using System.Text;
using StatHub.Core.Text;

namespace StatHub.Core.Dimensions;

/// <summary>
/// What hits can be divided by. The list is closed; numbers are stored and never change their meaning. The names in the API
/// are those of <see cref="DimensionNames.Name"/>.
/// </summary>
public enum Dimension : byte
{
    /// <summary>The key. A hit has it by itself, so <see cref="HitDimensions"/> never holds it.</summary>
    Key = 0,

    /// <summary>The host that a visit came from.</summary>
    Referrer = 1,

    /// <summary>The host that a visit came from, with the path there.</summary>
    ReferrerPath = 2,

    /// <summary>Who stands behind that host: <c>Google</c> for all of Google's; else the host.</summary>
    Source = 3,

    /// <summary>The browser's family.</summary>
    Browser = 4,

    /// <summary>The operating system's family.</summary>
    Os = 5,

    /// <summary>The class of the device, one of <see cref="Clients.DeviceClass"/>.</summary>
    Device = 6,

    /// <summary>The visitor's first language, with the region where it is told.</summary>
    Language = 7,

    /// <summary>ISO 3166-1 code of the country that the address is in.</summary>
    Country = 8,

    /// <summary>nginx's status.</summary>
    Status = 9,
    UtmSource = 10,
    UtmMedium = 11,
    UtmCampaign = 12,
    UtmTerm = 13,
    UtmContent = 14,

    /// <summary>One of the client's own, <c>d.&lt;name&gt;</c>.</summary>
    Own = 15,
}

/// <summary>The names of dimensions in the API and in files.</summary>
public static class DimensionNames
{
    /// <summary>What stands before the name of one of the client's own dimensions.</summary>
    public const string OwnPrefix = "d.";

    /// <summary>The longest name of one of the client's own dimensions.</summary>
    public const int MaxOwnBytes = 32;

    private static readonly ClosedNames<Dimension> Names = new(
        "key", "referrer", "referrer_path", "source", "browser", "os", "device", "language", "country", "status",
        "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content");

    /// <summary>The names of all but the client's own.</summary>
    public static IReadOnlyList<string> All => Names.All;

    /// <summary>The name of a dimension, <c>d.</c> for the client's own.</summary>
    public static string Name(this Dimension dimension) => dimension == Dimension.Own ? OwnPrefix : Names.Of(dimension);

    /// <summary>Finds a dimension by its name; <paramref name="own"/> is what follows <c>d.</c>, else empty.</summary>
    public static bool TryParse(string? name, out Dimension dimension, out string own)
    {
        own = "";
        dimension = Dimension.Own;
        if (name is null)
            return false;
        if (!name.StartsWith(OwnPrefix, StringComparison.Ordinal))
            return Names.TryParse(name, out dimension);
        Span<byte> folded = stackalloc byte[MaxOwnBytes];
        if (name.Length > OwnPrefix.Length + MaxOwnBytes || !TryFoldOwn(Encoding.UTF8.GetBytes(name[OwnPrefix.Length..]), folded, out var length))
            return false;
        own = Encoding.ASCII.GetString(folded[..length]);
        return true;
    }

    /// <summary>Brings a name of the client's own, <c>[A-Za-z0-9_-]{1,32}</c>, to lower case.</summary>
    /// <param name="name">What follows <c>d.</c>.</param>
    /// <param name="target">At least <see cref="MaxOwnBytes"/> long.</param>
    /// <param name="length">How many bytes were written.</param>
    public static bool TryFoldOwn(ReadOnlySpan<byte> name, Span<byte> target, out int length)
    {
        length = 0;
        if (name.Length is 0 or > MaxOwnBytes)
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && c is not ((byte)'_' or (byte)'-'))
                return false;
            target[length++] = (byte)char.ToLowerInvariant((char)c);
        }
        return true;
    }
}
