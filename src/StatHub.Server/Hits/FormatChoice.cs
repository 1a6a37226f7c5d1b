using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using StatHub.Core.Hits.Formats;
using StatHub.Server.Http;

namespace StatHub.Server.Hits;

/// <summary>Which format a request gets: <c>format=</c>, else the best of <c>Accept</c>, else JSON.</summary>
internal static class FormatChoice
{
    public static readonly QueryArgument Argument = new(
        "format", "Instead of the header `Accept`. Default: json.", "ndjson", Values: HitFormat.Names);

    private static readonly (string Format, string MediaType)[] MediaTypes =
    [
        ("json", "application/json"),
        ("ndjson", "application/x-ndjson"),
        ("ndjson", "application/ndjson"),
        ("ndjson", "application/jsonl"),
        ("csv", "text/csv"),
        ("tsv", "text/tab-separated-values"),
    ];

    /// <summary>The format's name; null when nothing that is accepted is there.</summary>
    public static string? Read(Arguments arguments, HttpRequest request)
    {
        var name = arguments.Text("format");
        if (name is null)
            return request.Headers.Accept.Count == 0 ? "json" : Negotiate(request.Headers.Accept);
        if (!HitFormat.Names.Contains(name))
            arguments.Refuse("format", $"It is one of {string.Join(", ", HitFormat.Names)}.");
        return name;
    }

    public static string ContentType(string format) => format switch
    {
        "json" => "application/json",
        "ndjson" => "application/x-ndjson",
        "csv" => "text/csv; charset=utf-8; header=present",
        _ => "text/tab-separated-values; charset=utf-8",
    };

    public static bool AcceptsGzip(HttpRequest request)
    {
        if (!StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var codings))
            return false;
        var named = codings.FirstOrDefault(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase))
            ?? codings.FirstOrDefault(coding => coding.Value.Equals("*", StringComparison.Ordinal));
        return named is not null && (named.Quality ?? 1) > 0;
    }

    private static string? Negotiate(StringValues accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out var accepted))
            return null;
        var best = MediaTypes
            .Select(offer => (offer.Format, Quality: Quality(offer.MediaType, accepted)))
            .MaxBy(offer => offer.Quality);
        return best.Quality > 0 ? best.Format : null;
    }

    // RFC 9110: the most specific range that matches says how much a type is wanted.
    private static double Quality(string mediaType, IList<MediaTypeHeaderValue> accepted)
    {
        var offer = new MediaTypeHeaderValue(mediaType);
        return accepted
            .Where(range => range.Type.Equals(mediaType.Split('/')[0], StringComparison.OrdinalIgnoreCase) || range.MatchesAllTypes)
            .Where(range => range.MatchesAllSubTypes || range.SubType.Equals(offer.SubType, StringComparison.OrdinalIgnoreCase))
            .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
            .Select(range => range.Quality ?? 1)
            .FirstOrDefault(0);
    }
}
