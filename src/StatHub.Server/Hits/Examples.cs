using StatHub.Contracts.Hits;
using StatHub.Contracts.Json;

namespace StatHub.Server.Hits;

/// <summary>Answers as the API's document shows them.</summary>
internal static class Examples
{
    private static readonly DateTimeOffset From = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = From.AddDays(2);
    private static readonly DateTimeOffset AsOf = From.AddHours(36).AddMilliseconds(250);

    public static readonly HitCount Count = new("demo", "home", From, To, 1234, 56, ExactNumber.Parse("1250.5"), null, AsOf);

    public static readonly HitSeries Series = new(From, To, "day", "UTC", AsOf,
    [
        new SeriesPoint(From, 1234, 56, ExactNumber.Parse("1250.5"), null),
        new SeriesPoint(From.AddDays(1), 0, 0, ExactNumber.Zero, null),
    ]);

    public static readonly TopValues Top = new("browser", From, To, AsOf,
    [
        new TopValue("Chrome", 900, 0, ExactNumber.Parse("910.5")),
        new TopValue("Googlebot", 40, 40, ExactNumber.Parse("40")),
    ],
    new ValueSums(294, 16, ExactNumber.Parse("300")), 0);

    public static readonly SumsByDimension Sums = new(["browser", "country"], "day", From, To, AsOf,
    [
        new SumRow(From, new Dictionary<string, string?> { ["browser"] = "Firefox", ["country"] = "DE" }, 900, 0, ExactNumber.Parse("910.5")),
        new SumRow(From, new Dictionary<string, string?> { ["browser"] = "Chrome", ["country"] = null }, 40, 4, ExactNumber.Parse("40")),
    ],
    Limited: false);

    public const string SumLine =
        """
        {"start":"2026-03-01T00:00:00Z","values":{"browser":"Firefox","country":"DE"},"hits":900,"bots":0,"value":910.5}
        """;

    public const string SumCsv = "start,browser,country,hits,bots,value,other\r\n2026-03-01T00:00:00Z,Firefox,DE,900,0,910.5,\r\n";

    public const string SumTsv = "start\tbrowser\tcountry\thits\tbots\tvalue\tother\n2026-03-01T00:00:00Z\tFirefox\tDE\t900\t0\t910.5\t\n";

    public static readonly KeyPage Keys = new([new KeyInfo("home", 1234, From.AddMinutes(7), From.AddHours(20))], "aG9tZQ");

    public const string RawHit =
        """
        {"time":"2026-03-01T00:07:07.123Z","tenant":"demo","key":"home","msec":1772323627.123,"time_iso8601":"2026-03-01T00:07:07+00:00","request":"GET /p/demo/home HTTP/1.1","status":200,"args":"","remote_addr":"192.0.2.0","remote_user":"","http_referer":"https://example.org/","http_user_agent":"Mozilla/5.0","http_x_forwarded_for":"","http_accept_language":"en","http_host":"example.org","http_dnt":"","http_sec_gpc":"","connection":12,"connection_requests":1,"request_time":0.000}
        """;

    public const string RawHits = $"[{RawHit}]";

    public const string RawCsv = "time,tenant,key,…\r\n2026-03-01T00:07:07.123Z,demo,home,…\r\n";

    public const string RawTsv = "time\ttenant\tkey\t…\n2026-03-01T00:07:07.123Z\tdemo\thome\t…\n";
}
