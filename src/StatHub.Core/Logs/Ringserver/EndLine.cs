using System.Buffers.Text;

namespace StatHub.Core.Logs.Ringserver;

/// <summary>The line that ends a client's entry: <c>END CLIENT host [address] total TX bytes: 30208</c>.</summary>
internal static class EndLine
{
    /// <summary>What every such line begins with.</summary>
    public static ReadOnlySpan<byte> Beginning => "END CLIENT "u8;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line, which begins as it should.</param>
    /// <param name="sum">The bytes of all streams.</param>
    /// <param name="host">Whose entry it ends, with <paramref name="address"/> and <paramref name="direction"/>.</param>
    /// <param name="address">The client's address.</param>
    /// <param name="direction">Which way the streams went.</param>
    public static LogReason Read(ReadOnlySpan<byte> line, out ulong sum, out ReadOnlySpan<byte> host, out ReadOnlySpan<byte> address, out ReadOnlySpan<byte> direction)
    {
        sum = 0;
        host = address = direction = default;
        line = line[Beginning.Length..];
        var hostEnd = line.IndexOf(" ["u8);
        var addressEnd = line.IndexOf("] total "u8);
        var directionEnd = line.IndexOf(" bytes: "u8);
        if (hostEnd < 0 || addressEnd < hostEnd + 2 || directionEnd < addressEnd + 8 || directionEnd + 8 >= line.Length)
            return LogReason.MissingField;
        host = line[..hostEnd];
        address = line[(hostEnd + 2)..addressEnd];
        direction = line[(addressEnd + 8)..directionEnd];
        if (!RingserverClient.IsDirection(direction))
            return LogReason.BadDirection;
        var digits = line[(directionEnd + 8)..];
        return Utf8Parser.TryParse(digits, out sum, out var used) && used == digits.Length ? LogReason.None : LogReason.BadBytes;
    }
}
