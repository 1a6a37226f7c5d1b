using System.Text;
using StatHub.Core.Text;

namespace StatHub.Core.Dimensions.Clients;

/// <summary>
/// What user agents say: browser, operating system, class of device, and whether it is a bot. Answers are remembered in
/// bounded memory, and equal ones are mostly one object. An instance belongs to one thread; the patterns are shared by all.
/// </summary>
/// <param name="bots">The operator's own bots.</param>
public sealed class ClientCatalogue(BotList? bots = null)
{
    /// <summary>So much of a user agent is read.</summary>
    public const int MaxBytes = 512;

    // Changes with the rules of this class; the rest of the version with the patterns.
    private const string Rules = "1";

    private readonly ClientPatterns _patterns = ClientPatterns.Instance;
    private readonly ulong[] _candidates = new ulong[ClientPatterns.Instance.Words];
    private readonly byte[] _clean = new byte[DimensionText.MaxBytes];
    private readonly BytesCache<Client> _clients = new(mostEntries: 16 * 1024, mostBytes: 2 * 1024 * 1024);

    // User agents are many and what they say is little: who sums clients finds one object sooner than many equal ones.
    private readonly BytesCache<Client> _distinct = new(mostEntries: 4 * 1024);

    /// <summary>A text that changes when the same user agent may be described in another way than before.</summary>
    public static string Version => $"{Rules}-{ClientPatterns.Instance.Version}";

    /// <summary>The same, with an operator's own bots.</summary>
    public static string VersionWith(BotList bots) => bots.Count == 0 ? Version : $"{Version}-{bots.Version}";

    /// <summary>Describes a client. It never throws, whatever the bytes are.</summary>
    /// <param name="userAgent">The header's text.</param>
    public Client Describe(ReadOnlySpan<byte> userAgent)
    {
        if (userAgent.IsEmpty || userAgent is [(byte)'-'])
            return Client.Unnamed;
        if (userAgent.Length > MaxBytes)
            userAgent = userAgent[..MaxBytes];
        return _clients.Find(userAgent) ?? _clients.Add(userAgent, Make(userAgent));
    }

    private Client Make(ReadOnlySpan<byte> userAgent)
    {
        var text = Encoding.UTF8.GetString(userAgent);
        _patterns.Search(userAgent, _candidates);
        var bot = Bot(text);
        var device = bot != BotReason.None ? DeviceClass.Bot : Device(text);
        return Distinct(Family(_patterns.Browsers, text), Family(_patterns.Systems, text), device, bot);
    }

    private Client Distinct(byte[] browser, byte[] os, DeviceClass device, BotReason bot)
    {
        // Names of families have no control characters.
        byte[] all = [(byte)device, (byte)bot, .. browser, 0, .. os];
        return _distinct.Find(all) ?? _distinct.Add(all, new Client(browser, os, device, bot));
    }

    private byte[] Family(ClientPatterns.Section section, string text)
    {
        var name = _patterns.FirstName(section, text, _candidates);
        if (string.IsNullOrEmpty(name))
            return Client.Other;
        // A few patterns take the family from the user agent, which may be anything.
        var clean = DimensionText.Clean(Encoding.UTF8.GetBytes(name), _clean);
        return clean.IsEmpty ? Client.Other : clean.ToArray();
    }

    private DeviceClass Device(string text)
    {
        if (DeviceClasses.TryParse(_patterns.FirstName(_patterns.DeviceClasses, text, _candidates), out var device))
            return device;
        // Telephones from before the smart ones say little but their model.
        return _patterns.FirstName(_patterns.Devices, text, _candidates) is null ? DeviceClass.Other : DeviceClass.Mobile;
    }

    private BotReason Bot(string text)
    {
        if (bots is not null && bots.Names(text))
            return BotReason.Own;
        var section = _patterns.Crawlers;
        for (var number = _patterns.First(section, text, _candidates); number >= 0; number = _patterns.First(section, text, _candidates))
        {
            var crawler = _patterns[number];
            if (!IsException(crawler.Pattern, text))
                return Reason(crawler.Name);
            section = section with { Start = number + 1 };
        }
        var library = _patterns.FirstName(_patterns.Libraries, text, _candidates);
        if (library is not null)
            return Reason(library);
        return IsSpider(text) ? BotReason.Spider : BotReason.None;
    }

    private bool IsException(string pattern, string text)
    {
        var section = _patterns.Exceptions;
        for (var number = _patterns.First(section, text, _candidates); number >= 0; number = _patterns.First(section, text, _candidates))
        {
            if (_patterns[number].Name == pattern)
                return true;
            section = section with { Start = number + 1 };
        }
        return false;
    }

    /// <summary>Most have no word of a spider; then there is no need to find out which device it is.</summary>
    private bool IsSpider(string text)
    {
        foreach (var number in _patterns.Spiders)
        {
            if (ClientPatterns.IsCandidate(number, _candidates) && _patterns[number].IsIn(text))
                return _patterns.FirstName(_patterns.Devices, text, _candidates) == ClientPatterns.Spider && !IsException(ClientPatterns.Spider, text);
        }
        return false;
    }

    private static BotReason Reason(string name) => BotReasons.TryParse(name, out var reason)
        ? reason
        : throw new InvalidOperationException($"A pattern file names the bot reason {name}, which there is not.");
}
