namespace StatHub.Core.Logs.Ringserver;

/// <summary>A client's entry in the text form, from its START to its END. What stands between belongs to it, so it is what a parser knows of the lines before.</summary>
internal sealed class RingserverBlock
{
    private RingserverClient? _client;
    private UInt128 _sum;
    private bool _isUnreadable;

    /// <summary>Takes a START line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="faults">What is wrong with it, or with the entry before, besides what is returned.</param>
    public LogReason Start(ReadOnlySpan<byte> line, Queue<LogReason> faults)
    {
        var hasNoEnd = _client is not null;
        var reason = StartLine.Read(line, out _client);
        _sum = 0;
        _isUnreadable = _client is null;
        if (hasNoEnd)
            faults.Enqueue(LogReason.NoEnd);
        if (_isUnreadable || reason == LogReason.None)
            return _isUnreadable ? reason : LogReason.Begins;
        faults.Enqueue(reason);
        return LogReason.Begins;
    }

    /// <summary>Adds a stream of some bytes; false where nobody knows whose it is.</summary>
    public bool TryAdd(long bytes, scoped ref LogEntry entry)
    {
        _sum += (UInt128)bytes;
        _client?.Describe(ref entry);
        return _client is not null;
    }

    /// <summary>Takes an END line. One of another client ends nothing.</summary>
    public LogReason End(ReadOnlySpan<byte> line)
    {
        var reason = EndLine.Read(line, out var sum, out var host, out var address, out var direction);
        if (reason == LogReason.None && _client is not null && !IsOf(_client, host, address, direction))
            return LogReason.NoStart;
        var hasStart = _client is not null || _isUnreadable;
        var isSum = _isUnreadable || sum == _sum;
        (_client, _isUnreadable) = (null, false);
        if (reason != LogReason.None)
            return reason;
        return !hasStart ? LogReason.NoStart : isSum ? LogReason.Ends : LogReason.BadSum;
    }

    private static bool IsOf(RingserverClient client, ReadOnlySpan<byte> host, ReadOnlySpan<byte> address, ReadOnlySpan<byte> direction) =>
        direction.SequenceEqual(client.Direction) && RingserverClient.AddressOf(address).SequenceEqual(client.Address)
        && (RingserverClient.IsHost(host) ? host : []).SequenceEqual(client.Host);
}
