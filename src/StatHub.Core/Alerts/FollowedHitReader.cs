using StatHub.Core.Hits;
using StatHub.Core.Journal;

namespace StatHub.Core.Alerts;

/// <summary>Puts stored lines into windows. Belongs to one thread.</summary>
public sealed class FollowedHitReader
{
    // The clock had its say when the line was counted.
    private const long AnyTime = long.MaxValue / 2;

    private readonly HitParser _parser = new(stored: true);

    /// <summary>Adds lines, each with a newline, to every window. What is no hit is left out.</summary>
    public void Add(ReadOnlySpan<byte> lines, IReadOnlyList<TrafficWindow> windows)
    {
        ArgumentNullException.ThrowIfNull(windows);
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n');
            AddLine(end < 0 ? lines : lines[..end], windows);
            lines = end < 0 ? [] : lines[(end + 1)..];
        }
    }

    private void AddLine(ReadOnlySpan<byte> line, IReadOnlyList<TrafficWindow> windows)
    {
        if (_parser.Read(line, JournalFileName.LiveFile, AnyTime, out var hit) != RejectReason.None)
            return;
        var isError = IsError(line);
        var client = Client(line);
        foreach (var window in windows)
            window.Add(hit.UnixMilliseconds, isError, hit.Millionths, client);
    }

    private bool IsError(ReadOnlySpan<byte> line) => _parser.Line.Text(line, HitField.Status) is [(byte)'5', _, _];

    /// <summary>The address as it is stored, which may be that of a network; the visitor where none is.</summary>
    private ReadOnlySpan<byte> Client(ReadOnlySpan<byte> line)
    {
        var address = _parser.Line.Text(line, HitField.RemoteAddr);
        return address.IsEmpty ? Visitor(line) : address;
    }

    private ReadOnlySpan<byte> Visitor(ReadOnlySpan<byte> line)
    {
        foreach (var member in _parser.Line.Members)
        {
            if (member.Field == HitField.Reserved && line[(member.Start + 1)..].StartsWith("visitor\""u8))
                return line[(member.ValueStart + 1)..(member.End - 1)];
        }
        return [];
    }
}
