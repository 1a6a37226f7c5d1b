using System.Diagnostics.CodeAnalysis;

namespace StatHub.Core.Logs.Ringserver;

/// <summary>What ringserver says of one stream besides its time, address and bytes: spans as those of <see cref="LogEntry"/>.</summary>
[SuppressMessage("Design", "CA1051", Justification = "Spans cannot be captured by properties that a parser fills through out parameters.")]
public ref struct StreamTransfer
{
    /// <summary>The stream's name as it stands in the log; empty in other logs.</summary>
    public ReadOnlySpan<byte> Stream;

    public ReadOnlySpan<byte> Network;

    public ReadOnlySpan<byte> Station;

    public ReadOnlySpan<byte> Location;

    /// <summary>The channel in its short form, <c>HHZ</c> of <c>H_H_Z</c>, where it has one.</summary>
    public ReadOnlySpan<byte> Channel;

    /// <summary><c>TX</c> or <c>RX</c>, as the server sees it.</summary>
    public ReadOnlySpan<byte> Direction;

    /// <summary>The client's name, or its address where that has none.</summary>
    public ReadOnlySpan<byte> Host;

    /// <summary>What the client calls itself.</summary>
    public ReadOnlySpan<byte> Agent;

    /// <summary>The protocol, such as <c>SeedLink</c>.</summary>
    public ReadOnlySpan<byte> Mode;

    public long Packets;
}
