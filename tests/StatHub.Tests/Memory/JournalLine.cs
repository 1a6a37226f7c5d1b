using System.Globalization;
using System.Text.Json;

namespace StatHub.Tests.Memory;

/// <summary>Journal lines as the shipped nginx configuration writes them.</summary>
public static class JournalLine
{
    public static string Of(
        string tenant, string key, DateTimeOffset instant, string args = "", int status = 200,
        string userAgent = "Mozilla/5.0", string referrer = "", string remoteAddress = "192.0.2.7")
    {
        var seconds = (instant.ToUnixTimeMilliseconds() / 1000m).ToString("0.000", CultureInfo.InvariantCulture);
        var iso = instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'+00:00'", CultureInfo.InvariantCulture);
        return $$"""
            {"tenant":{{Text(tenant)}},"key":{{Text(key)}},"msec":{{seconds}},"time_iso8601":"{{iso}}","request":{{Text($"GET /p/{tenant}/{Uri.EscapeDataString(key)}{(args.Length > 0 ? "?" + args : "")} HTTP/1.1")}},"status":{{status}},"args":{{Text(args)}},"remote_addr":"{{remoteAddress}}","remote_user":"","http_referer":{{Text(referrer)}},"http_user_agent":{{Text(userAgent)}},"http_x_forwarded_for":"","http_accept_language":"en","http_host":"example.org","http_dnt":"","http_sec_gpc":"","connection":12,"connection_requests":1,"request_time":0.000}
            """;
    }

    private static string Text(string value) => JsonSerializer.Serialize(value, Relaxed);

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
