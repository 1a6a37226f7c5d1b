using Microsoft.AspNetCore.Http.Features;

namespace StatHub.Server.Http;

/// <summary>
/// The path of a request as the client wrote it. The server decodes all of it but <c>%2F</c> and bytes that are no UTF-8, where they look like a <c>%252F</c> that was
/// decoded: only the raw target tells one from the other.
/// </summary>
internal static class RawPath
{
    /// <summary>The path, still percent-encoded.</summary>
    public static ReadOnlySpan<char> Of(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        var end = target.IndexOf('?');
        return end < 0 ? target : target[..end];
    }

    /// <summary>The text of a part of the path, decoded once, whatever it is.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">What the route calls it.</param>
    /// <param name="fromEnd">Its place from the end; 1 is the last.</param>
    public static string Part(HttpContext http, string name, int fromEnd = 1)
    {
        var text = (string)http.Request.RouteValues[name]!;
        return text.Contains('%') ? Uri.UnescapeDataString(Parts(Of(http).TrimEnd('/').ToString())[^fromEnd]) : text;
    }

    /// <summary>The parts of a path as the server sees them: <c>.</c> and <c>..</c> are resolved.</summary>
    private static List<string> Parts(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            var decoded = part.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase);
            if (decoded == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (decoded is not ("." or ".."))
                parts.Add(part);
        }
        return parts;
    }
}
