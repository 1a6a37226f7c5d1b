namespace StatHub.Core.Logs.Ringserver;

/// <summary>
/// The line that begins a client's entry: <c>START CLIENT host [address] (mode|agent) @ time (connected time) TX</c>. What a client calls itself may have anything
/// in it, so the times are looked for from the end.
/// </summary>
internal static class StartLine
{
    private const int DirectionLength = 2;

    /// <summary>What every such line begins with.</summary>
    public static ReadOnlySpan<byte> Beginning => "START CLIENT "u8;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line, which begins as it should.</param>
    /// <param name="client">Whose streams follow; also where the line is wrong, as long as it says when it was and which way they went.</param>
    public static LogReason Read(ReadOnlySpan<byte> line, out RingserverClient? client)
    {
        client = null;
        line = line[Beginning.Length..];
        var host = line.IndexOf(" ["u8);
        var address = line.IndexOf("] ("u8);
        if (host < 0 || address < host || line.Length < address + 3 + DirectionLength)
            return LogReason.MissingField;
        var rest = line[(address + 3)..];
        var connected = rest.LastIndexOf(" (connected "u8);
        var logged = connected < 0 ? -1 : rest[..connected].LastIndexOf(") @ "u8);
        var end = rest.LastIndexOf(") "u8);
        if (logged < 0 || end < connected + 12)
            return LogReason.MissingField;
        if (!RingserverClient.IsDirection(rest[(end + 2)..]))
            return LogReason.BadDirection;
        if (!RingserverTime.TryParse(rest[(logged + 4)..connected], out var at))
            return LogReason.BadTime;
        var who = rest[..logged];
        var bar = who.IndexOf((byte)'|');
        var mode = bar < 0 ? who : who[..bar];
        var hostName = RingserverClient.IsHost(line[..host]) ? line[..host] : [];
        var known = RingserverClient.AddressOf(line[(host + 2)..address]);
        client = new RingserverClient(at, hostName.ToArray(), known.ToArray(), mode.ToArray(), who[(bar < 0 ? who.Length : bar + 1)..].ToArray(), rest[(end + 2)..].ToArray());
        if (hostName.IsEmpty || known.IsEmpty)
            return LogReason.BadClient;
        return RingserverTime.TryParse(rest[(connected + 12)..end], out _) ? LogReason.None : LogReason.BadTime;
    }
}
