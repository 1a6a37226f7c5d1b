namespace StatHub.EndToEnd.Nginx;

/// <summary>A request that means harm, or looks like it, and the one line that may come of it.</summary>
/// <param name="Name">What it tries.</param>
/// <param name="Bytes">The request, one byte for each character.</param>
/// <param name="Status">The answer's status; 0 for an answer without a status line.</param>
/// <param name="Tenant">The line's tenant; null when there must be no line.</param>
/// <param name="Key">The line's key.</param>
public sealed record HostileRequest(string Name, string Bytes, int Status, string? Tenant = null, string? Key = null)
{
    private const string Headers = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

    public static IReadOnlyList<HostileRequest> Corpus { get; } =
    [
        // Paths: nginx decodes once and resolves dots, then the captures see the text.
        Hit("encoded slash in the key", "/p/demo/a%2fb", "demo", "a/b"),
        Hit("encoded slash in the tenant", "/p/de%2fmo/x", "de", "mo/x"),
        Hit("encoded percent is decoded once", "/p/demo/%252e%252e%252fx", "demo", "%2e%2e%2fx"),
        Hit("dots", "/p/demo/../other/x", "other", "x"),
        Hit("encoded dots", "/p/demo/%2e%2e/other/x", "other", "x"),
        Hit("a dot", "/p/demo/.", "demo", ""),
        Hit("a folder that is left again", "/p/demo/a/../b", "demo", "b"),
        Hit("three dots", "/p/demo/...", "demo", "..."),
        Hit("backslashes are no slashes", "/p/demo/..%5c..%5cx", "demo", "..\\..\\x"),
        Hit("double slashes", "//p//demo//x", "demo", "x"),
        Hit("slash at the end", "/p/demo/x/", "demo", "x/"),
        Hit("no key", "/p/demo/", "demo", ""),
        Hit("overlong UTF-8 of dots and slash", "/p/demo/%c0%ae%c0%ae%c0%afx", "demo", new string('\ufffd', 6) + "x"),
        NoHit("encoded dots and slashes out of the prefix", "/p/demo/..%2f..%2fetc%2fpasswd", 404),
        NoHit("above the root", "/p/demo/..%2f..%2f..%2f..%2fetc%2fpasswd", 400),
        NoHit("above the root at once", "/../../p/demo/x", 400),
        NoHit("no tenant and no key", "/p/demo/..", 404),

        // Characters.
        Hit("newline at the end", "/p/demo/x%0a", "demo", "x\n"),
        Hit("newline in the tenant", "/p/de%0amo/x", "de\nmo", "x"),
        Hit("a forged line", "/p/demo/x%0a%7b%22tenant%22:%22evil%22%7d", "demo", "x\n{\"tenant\":\"evil\"}"),
        Hit("a header in the key", "/p/demo/x%0d%0aSet-Cookie:%20a=b", "demo", "x\r\nSet-Cookie: a=b"),
        Hit("encoded control characters", "/p/demo/%01%08%1b%1f", "demo", "\u0001\b\u001b\u001f"),
        Hit("delete", "/p/demo/x%7f", "demo", "x\u007f"),
        Hit("line separators", "/p/demo/%e2%80%a8%e2%80%a9%c2%85", "demo", "\u2028\u2029\u0085"),
        Hit("invalid UTF-8", "/p/demo/%ff%fe", "demo", "\ufffd\ufffd"),
        Hit("cut UTF-8", "/p/demo/%e2%82", "demo", "\ufffd"),
        Hit("invalid UTF-8 before a quote", "/p/demo/%c3%22", "demo", "\ufffd\""),
        Hit("a surrogate in UTF-8", "/p/demo/%ed%a0%80", "demo", "\ufffd\ufffd\ufffd"),
        Hit("raw bytes", "/p/demo/\u00ff\u00fe", "demo", "\ufffd\ufffd"),
        Hit("raw UTF-8", "/p/demo/\u00c3\u00a9", "demo", "é"),
        Hit("quotes", "/p/demo/%22,%22key%22:%22evil", "demo", "\",\"key\":\"evil"),
        Hit("raw quotes", "/p/demo/\"x\"", "demo", "\"x\""),
        Hit("backslash at the end", "/p/demo/x%5c", "demo", "x\\"),
        Hit("raw backslashes", "/p/demo/\\u0022\\", "demo", "\\u0022\\"),
        Hit("a tenant of quotes and braces", "/p/%22%7d%7b%22/x", "\"}{\"", "x"),
        Hit("nginx's variables", "/p/demo/$document_root${tenant}", "demo", "$document_root${tenant}"),
        Hit("a tenant of nginx's variables", "/p/$tenant/x", "$tenant", "x"),
        Hit("a fragment", "/p/demo/x#y", "demo", "x"),
        Hit("arguments that look like the line's end", "/p/demo/x?\"}\\", "demo", "x"),
        NoHit("NUL", "/p/demo/x%00", 400),
        NoHit("NUL in the tenant", "/p/de%00mo/x", 400),
        NoHit("raw NUL", "/p/demo/x\0", 400),
        NoHit("raw control character", "/p/demo/x\u0001", 400),
        NoHit("half an escape", "/p/demo/%2", 400),
        NoHit("no escape", "/p/demo/%zz", 400),
        NoHit("a space", "/p/demo/a b", 400),

        // Lengths.
        Hit("a key of 10 kB", "/p/demo/" + new string('k', 10_240), "demo", new string('k', 10_240)),
        Hit("a tenant of 10 kB", "/p/" + new string('t', 10_240) + "/x", new string('t', 10_240), "x"),
        Hit("10 kB of arguments", "/p/demo/x?" + new string('a', 10_240), "demo", "x"),
        NoHit("20 kB of path", "/p/demo/" + new string('k', 20_480), 414),

        // The protocol.
        new("HTTP/0.9", "GET /p/demo/old\r\n", 0, "demo", "old"),
        new("HTTP/1.0 without a host", "GET /p/demo/x HTTP/1.0\r\n\r\n", 200, "demo", "x"),
        new("absolute form", $"GET http://evil.example/p/demo/x{Headers}\r\n", 200, "demo", "x"),
        new("absolute form of another scheme", $"GET ftp://evil.example/p/demo/x{Headers}\r\n", 200, "demo", "x"),
        new("no host", "GET /p/demo/x HTTP/1.1\r\n\r\n", 400),
        new("two hosts", $"GET /p/demo/x{Headers}Host: y\r\n\r\n", 400),
        new("a host with a slash", "GET /p/demo/x HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        new("a version of the future", "GET /p/demo/x HTTP/3.0\r\nHost: x\r\n\r\n", 505),
        new("HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        new("a method in small letters", $"get /p/demo/x{Headers}\r\n", 400),
        new("CONNECT", $"CONNECT /p/demo/x{Headers}\r\n", 405),
        new("TLS to a plain port", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001", 400),
        new("no path", $"GET p/demo/x{Headers}\r\n", 400),
        new("half a request", "GET /p/demo/x HTTP/1.1\r\nHost: x\r\n", 0),

        // Smuggling: a second request in the body of the first.
        new("a request as a body", $"POST /p/demo/x{Headers}Content-Length: 24\r\n\r\nGET /p/demo/smuggled\r\n\r\n", 204, "demo", "x"),
        new("length and chunks", $"POST /p/demo/x{Headers}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        new("chunks in HTTP/1.0", "POST /p/demo/x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        new("two lengths", $"POST /p/demo/x{Headers}Content-Length: 0\r\nContent-Length: 5\r\n\r\nGET /", 400),
        new("a length below zero", $"POST /p/demo/x{Headers}Content-Length: -1\r\n\r\n", 400),
        new("an unknown encoding", $"POST /p/demo/x{Headers}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        new("a chunked beacon", $"POST /p/demo/x{Headers}Transfer-Encoding: chunked\r\n\r\n4\r\nGET \r\n0\r\n\r\n", 204, "demo", "x"),
        new("a space before the colon", $"POST /p/demo/x{Headers}Transfer-Encoding : chunked\r\n\r\n", 400),

        // Headers.
        Headed("500 headers", string.Concat(Enumerable.Range(0, 500).Select(i => $"X-{i}: y\r\n")), 200),
        Headed("100 kB of headers", string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: {new string('y', 1000)}\r\n")), 400),
        Headed("a header of 20 kB", $"X-Long: {new string('y', 20_480)}\r\n", 400),
        Headed("quotes in headers", "User-Agent: \"\\\"}\r\nReferer: \",\"tenant\":\"evil\r\nAccept-Language: \\\r\n", 200),
        Headed("invalid UTF-8 in headers", "User-Agent: \u00ff\u00c3\r\nReferer: \u00e2\u0080\u00a8\r\n", 200),
        Headed("control characters in headers", "User-Agent: a\u0001\u001b[31m\u007f\tb\r\n", 200),
        Headed("a user of quotes", $"Authorization: Basic {Convert.ToBase64String("\"\\\n\0:x"u8)}\r\n", 200),
        Headed("a forwarded address of quotes", "X-Forwarded-For: \"},{\"\r\n", 200),
        Headed("privacy headers that are no numbers", "DNT: \"1\r\nSec-GPC: {}\r\n", 200),
        Headed("NUL in a header", "User-Agent: a\0b\r\n", 400),
        Headed("a header without a name", ": x\r\n", 400),
    ];

    public override string ToString() => Name;

    private static HostileRequest Hit(string name, string path, string tenant, string key) =>
        new(name, $"GET {path}{Headers}\r\n", 200, tenant, key);

    private static HostileRequest NoHit(string name, string path, int status) => new(name, $"GET {path}{Headers}\r\n", status);

    private static HostileRequest Headed(string name, string headers, int status) =>
        new(name, $"GET /p/demo/x{Headers}{headers}\r\n", status, status == 200 ? "demo" : null, status == 200 ? "x" : null);
}
