namespace StatHub.Cli.Traffic;

/// <summary>
/// Some two hundred user agents in the shapes that browsers, apps and bots send, with weights near those of public web
/// traffic: three in five are phones, one in sixteen is a bot.
/// </summary>
internal static class UserAgents
{
    private const string WebKit = "AppleWebKit/537.36 (KHTML, like Gecko)";
    private static readonly string[] ChromeVersions = ["118", "124", "128", "131", "133", "135", "136", "137", "138", "139", "140", "141"];
    private static readonly string[] FirefoxVersions = ["115", "128", "134", "138", "140", "141", "142", "143"];
    private static readonly string[] SafariVersions = ["15.6", "16.6", "17.4", "17.6", "18.1", "18.3", "18.5", "26.0"];

    private static readonly string[] Phones =
    [
        "SM-A546B", "SM-S918B", "SM-G991U", "SM-A137F", "SM-S928U1", "Pixel 7", "Pixel 8 Pro", "Pixel 9", "2201117TG",
        "23049PCD8G", "M2101K6G", "CPH2387", "V2219", "moto g power (2022)", "RMX3630", "Redmi Note 12",
    ];

    private static readonly string[] Bots =
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.7204.100 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)",
        "Mozilla/5.0 (compatible; DotBot/1.2; +https://opensiteexplorer.org/dotbot; help@moz.com)",
        "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Mozilla/5.0 (compatible; PetalBot;+https://webmaster.petalsearch.com/site/petalbot)",
        "Mozilla/5.0 (compatible; MJ12bot/v1.4.8; http://mj12bot.com/)",
        "Twitterbot/1.0", "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
        "curl/7.88.1", "curl/8.5.0", "Wget/1.21.4", "python-requests/2.31.0", "Go-http-client/2.0", "okhttp/4.12.0",
        "Java/17.0.9", "axios/1.6.8", "node", "-", "",
    ];

    public static IReadOnlyList<(double Weight, string Item)> All { get; } =
    [
        .. Share(38, AndroidChrome()), .. Share(16, ChromiumOnDesktop()), .. Share(24, AppleMobile()), .. Share(6, DesktopSafari()),
        .. Share(5, Firefox()), .. Share(4, Samsung()), .. Share(6.5, Bots), .. Share(0.5, Oddities()),
    ];

    // Within a family the later versions are the more frequent ones.
    private static IEnumerable<(double, string)> Share(double percent, IEnumerable<string> agents)
    {
        var list = agents.ToList();
        var sum = list.Count * (list.Count + 1) / 2.0;
        return list.Select((agent, i) => (percent * (i + 1) / sum, agent));
    }

    private static IEnumerable<string> AndroidChrome() =>
        from version in ChromeVersions[6..]
        from phone in Phones
        let android = 10 + (phone.Length + version.Length) % 6
        select version == "141"
            ? $"Mozilla/5.0 (Linux; Android 10; K) {WebKit} Chrome/{version}.0.0.0 Mobile Safari/537.36"
            : $"Mozilla/5.0 (Linux; Android {android}; {phone}) {WebKit} Chrome/{version}.0.0.0 Mobile Safari/537.36";

    private static IEnumerable<string> ChromiumOnDesktop() =>
        from version in ChromeVersions
        from system in (string[])["Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"]
        from brand in system.StartsWith('W') ? (string[])["", $" Edg/{version}.0.0.0", " OPR/120.0.0.0"] : [""]
        select $"Mozilla/5.0 ({system}) {WebKit} Chrome/{version}.0.0.0 Safari/537.36{brand}";

    private static IEnumerable<string> AppleMobile() =>
        from version in SafariVersions
        let system = version == "26.0" ? "18_6" : version.Replace('.', '_')
        from agent in (string[])
        [
            $"Mozilla/5.0 (iPad; CPU OS {system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{version} Mobile/15E148 Safari/604.1",
            $"Mozilla/5.0 (iPhone; CPU iPhone OS {system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/138.0.7204.156 Mobile/15E148 Safari/604.1",
            $"Mozilla/5.0 (iPhone; CPU iPhone OS {system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/480.0.0.35.109;FBDV/iPhone15,3;FBLC/en_US]",
            $"Mozilla/5.0 (iPhone; CPU iPhone OS {system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{version} Mobile/15E148 Safari/604.1",
        ]
        select agent;

    private static IEnumerable<string> DesktopSafari() => SafariVersions.Select(version =>
        $"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{version} Safari/605.1.15");

    private static IEnumerable<string> Firefox() =>
        from version in FirefoxVersions
        from system in (string[])["X11; Ubuntu; Linux x86_64", "Macintosh; Intel Mac OS X 10.15", "Android 14; Mobile", "Windows NT 10.0; Win64; x64"]
        select $"Mozilla/5.0 ({system}; rv:{version}.0) Gecko/{(system.StartsWith('A') ? version + ".0" : "20100101")} Firefox/{version}.0";

    private static IEnumerable<string> Samsung() =>
        from version in (string[])["25.0", "27.0", "28.0"]
        from phone in Phones[..4]
        select $"Mozilla/5.0 (Linux; Android 14; SAMSUNG {phone}) {WebKit} SamsungBrowser/{version} Chrome/121.0.0.0 Mobile Safari/537.36";

    // Real logs hold quotes, backslashes and other scripts too.
    private static string[] Oddities() =>
    [
        "Mozilla/5.0 (Linux; Android 12; \"Télé 4K\") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
        "MyApp\\1.0 (Баланс; iOS 17)", "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
        "Mozilla/5.0 (PlayStation; PlayStation 5/6.50) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Safari/605.1.15",
    ];
}
