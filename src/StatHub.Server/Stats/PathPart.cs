using Microsoft.AspNetCore.Http.Features;

namespace StatHub.Server.Stats;

/// <summary>A part of a request's path, decoded once.</summary>
internal static class PathPart
{
    /// <summary>The text of a part.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">What the route calls it.</param>
    /// <param name="fromEnd">Its place from the end; 1 is the last.</param>
    public static string Read(HttpContext http, string name, int fromEnd = 1)
    {
        var text = (string)http.Request.RouteValues[name]!;
        // The server leaves %2F encoded, where it looks like a %252F that was decoded: only the raw target tells one from the other.
        if (!text.Contains('%'))
            return text;
        var path = http.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0].TrimEnd('/').Split('/');
        return Uri.UnescapeDataString(path[^fromEnd]);
    }
}
