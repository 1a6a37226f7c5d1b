namespace StatHub.Cli.Monitor;

/// <summary>A log that ends: standard input, or a file that is packed.</summary>
/// <param name="name">What people call it.</param>
/// <param name="stream">Its bytes.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class StreamedLog(string name, Stream stream, CancellationToken cancellationToken) : ILogInput
{
    private const int BlockBytes = 1024 * 1024;

    private readonly byte[] _block = new byte[BlockBytes];
    private Task<int>? _read;

    public string Name => name;

    public long? Behind => null;

    public bool IsOver { get; private set; }

    public ReadOnlyMemory<byte> Beginning => default;

    public string? Remark => IsOver ? "is over" : null;

    /// <summary>Completes when there is something to read.</summary>
    public Task WaitAsync() => IsOver ? Task.CompletedTask : Begin();

    public LogBlock Read()
    {
        if (IsOver || !Begin().IsCompleted)
            return default;
        var length = _read!.GetAwaiter().GetResult();
        _read = null;
        IsOver = length == 0;
        return new LogBlock(_block.AsMemory(0, length), LogBreak.None);
    }

    public void Dispose() => stream.Dispose();

    // On a thread of its own: a read of a terminal or a pipe may block however it is asked.
    private Task<int> Begin() => _read ??= Task.Run(() => stream.ReadAsync(_block, cancellationToken).AsTask(), cancellationToken);
}
