using System.Buffers;

namespace StatHub.Core.Logs;

/// <summary>The first line of a request: <c>GET /pages HTTP/2.0</c>, and whatever else clients send in its place.</summary>
internal static class RequestLine
{
    private const int LongestMethod = 32;

    private static readonly SearchValues<byte> MethodCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    /// <summary>Finds method, target and protocol of <see cref="LogEntry.Request"/>; none of them where it is no request line.</summary>
    public static void Read(ref LogEntry entry)
    {
        var first = entry.Request.IndexOf((byte)' ');
        if (first is < 1 or > LongestMethod || entry.Request[..first].ContainsAnyExcept(MethodCharacters))
            return;
        var rest = entry.Request[(first + 1)..].Trim((byte)' ');
        // A target may have spaces: browsers do not send them, others do.
        var last = rest.LastIndexOf((byte)' ');
        var protocol = rest[(last + 1)..];
        var hasProtocol = protocol.StartsWith("HTTP/"u8);
        var target = !hasProtocol ? rest : rest[..Math.Max(last, 0)].TrimEnd((byte)' ');
        if (target.IsEmpty)
            return;
        entry.Method = entry.Request[..first];
        entry.Target = target;
        entry.Protocol = hasProtocol ? protocol : default;
    }
}
