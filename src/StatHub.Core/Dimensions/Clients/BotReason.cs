using StatHub.Core.Text;

namespace StatHub.Core.Dimensions.Clients;

/// <summary>
/// Why a hit is taken for a bot's. The list is closed; numbers are stored and never change their meaning. The names in the API
/// and in stored lines are those of <see cref="BotReasons.Name"/>.
/// </summary>
public enum BotReason : byte
{
    /// <summary>It is not.</summary>
    None = 0,

    /// <summary>There is no user agent.</summary>
    Empty = 1,

    /// <summary>A crawler that the list of crawlers has: search engines, archives, scanners, feed readers.</summary>
    Crawler = 2,

    /// <summary>A crawler or fetcher of an artificial intelligence.</summary>
    Ai = 3,

    /// <summary>An HTTP library or command-line client.</summary>
    Library = 4,

    /// <summary>A browser that a program drives.</summary>
    Headless = 5,

    /// <summary>A service that watches over sites.</summary>
    Monitor = 6,

    /// <summary>A network or messenger that shows a preview of a link.</summary>
    Preview = 7,

    /// <summary>Not in the list of crawlers, but uap-core takes its device for a spider.</summary>
    Spider = 8,

    /// <summary>The operator's own list has a word of it.</summary>
    Own = 9,
}

/// <summary>The names of bot reasons in the API and in stored lines.</summary>
public static class BotReasons
{
    private static readonly ClosedNames<BotReason> Names = new("none", "empty", "crawler", "ai", "library", "headless", "monitor", "preview", "spider", "own");

    /// <summary>All reasons.</summary>
    public static IEnumerable<BotReason> All => Names.Values.Skip(1);

    /// <summary>The name of a reason.</summary>
    public static string Name(this BotReason reason) => Names.Of(reason);

    /// <summary>The bytes of its name.</summary>
    public static ReadOnlyMemory<byte> Text(this BotReason reason) => Names.TextOf(reason);

    /// <summary>Finds a reason by its name.</summary>
    public static bool TryParse(string? name, out BotReason reason) => Names.TryParse(name, out reason) && reason != BotReason.None;
}
