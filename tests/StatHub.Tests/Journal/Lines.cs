using System.Text;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;

namespace StatHub.Tests.Journal;

/// <summary>Lines as the shipped configuration writes them.</summary>
internal static class Lines
{
    public const long Now = 1_790_000_000_000;

    public static readonly JournalFileName Live = Name("hits.log");

    public static string Hit(
        string key = "home", string tenant = "demo", double at = 1_789_999_999.123, string args = "", int status = 200,
        string address = "203.0.113.7", string forwarded = "", string agent = "Mozilla/5.0") =>
        $$"""{"tenant":"{{tenant}}","key":"{{key}}","msec":{{at.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture)}},"time_iso8601":"2026-09-21T14:13:19+00:00","request":"GET /p/{{tenant}}/x HTTP/1.1","status":{{status}},"args":"{{args}}","remote_addr":"{{address}}","remote_user":"","http_referer":"https://example.org/","http_user_agent":"{{agent}}","http_x_forwarded_for":"{{forwarded}}","http_accept_language":"en","http_host":"stats.example.org","http_dnt":"","http_sec_gpc":"","connection":12,"connection_requests":1,"request_time":0.000}""";

    public static JournalFileName Name(string name)
    {
        JournalFileName.TryParse(name, out var parsed).Should().BeTrue();
        return parsed;
    }

    public static TenantDirectory Tenants(params TenantEntry[] more) => new(
        [Entry("demo", 1), Entry("other", 2), .. more]);

    public static TenantEntry Entry(string name, long number, bool registered = true, long erasedAt = 0) =>
        new(number, TenantId.Parse(name), Encoding.UTF8.GetBytes(name), registered, erasedAt);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
