using System.Globalization;
using System.Text.RegularExpressions;

namespace StatHub.Cli.Commands.Hits;

/// <summary>What the headers of raw hits say.</summary>
internal static partial class HitPageHeaders
{
    /// <summary>The cursor of the next page; null behind the last one.</summary>
    public static string? NextCursor(HttpResponseMessage answer)
    {
        if (!answer.Headers.TryGetValues("Link", out var links))
            return null;
        // Of the link only the cursor counts: its path is the public one, which may not be the one that was asked.
        var next = links.SelectMany(link => link.Split(',')).Select(link => NextLink().Match(link)).FirstOrDefault(match => match.Success);
        return next?.Groups["cursor"].Value;
    }

    /// <summary>The instant up to which the answer is complete.</summary>
    public static DateTimeOffset? AsOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("StatHub-AsOf", out var values)
        && DateTimeOffset.TryParse(values.First(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var asOf)
            ? asOf
            : null;

    public static bool? Fresh(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("StatHub-Fresh", out var values) ? values.First() == "true" : null;

    [GeneratedRegex("""^\s*<[^>]*[?&]cursor=(?<cursor>[A-Za-z0-9_-]+)[^>]*>;\s*rel="?next"?""")]
    private static partial Regex NextLink();
}
