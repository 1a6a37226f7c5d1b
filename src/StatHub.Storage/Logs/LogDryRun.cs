using System.Buffers;
using StatHub.Core.Logs;
using StatHub.Core.Tenants;

namespace StatHub.Storage.Logs;

/// <summary>Reads a log as an import would, and keeps nothing of it.</summary>
public static class LogDryRun
{
    private const int BlockBytes = 1024 * 1024;

    /// <summary>Reads a log, plain or compressed by gzip.</summary>
    /// <param name="log">The log.</param>
    /// <param name="request">What it is and how it would be counted.</param>
    /// <param name="tenant">Whose it is; null where nobody said.</param>
    /// <param name="now">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LogImportException">It could not be imported.</exception>
    public static async Task<LogImport> RunAsync(Stream log, LogRequest request, TenantId? tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var content = LogContent.Open(log);
        var block = new byte[BlockBytes];
        var nothing = new ArrayBufferWriter<byte>();
        var length = await content.ReadAsync(block, cancellationToken).ConfigureAwait(false);
        var format = request.Format ?? LogContent.Recognise(block.AsSpan(0, length));
        var rule = request.RuleOf(format);
        var converter = new LogConverter(format.CreateParser(), tenant is { } whose ? new LogLine(whose, format.Name, rule) : null, now);
        var bytes = 0L;
        for (; length > 0; length = await content.ReadAsync(block, cancellationToken).ConfigureAwait(false))
        {
            converter.Add(block.AsSpan(0, length), nothing);
            nothing.ResetWrittenCount();
            bytes += length;
        }
        converter.End(nothing);
        return new LogImport(format, 0, bytes, converter.Report);
    }
}
