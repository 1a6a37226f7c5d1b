namespace StatHub.Storage.Logs;

/// <summary>How large logs are imported.</summary>
public sealed record LogImportSettings
{
    private const int PartsThatMayWait = 4;

    /// <summary>So many bytes of journal lines go into the journal at once, after first parts that are smaller. An import that was interrupted goes on behind the last of them.</summary>
    public long PartBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>While more bytes of logs wait in the journal an import brings no further part there: hits of now would wait behind them, and the disk would have to hold the whole log.</summary>
    public long MostWaitingBytes => PartsThatMayWait * PartBytes;

    /// <summary>How long an import waits without one of those files going. Where none goes because nothing can be committed, or because the kernel cannot say who writes to it, it goes on while there is room.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Called when a part, or a whole log, is in the journal.</summary>
    public Action? OnPart { get; init; }
}
