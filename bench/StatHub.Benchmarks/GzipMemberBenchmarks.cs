using System.IO.Compression;
using BenchmarkDotNet.Attributes;
using StatHub.Storage.Segments;

namespace StatHub.Benchmarks;

/// <summary>Raw lines into a segment and out of it. Times are per line.</summary>
[InProcess, MemoryDiagnoser]
public class GzipMemberBenchmarks
{
    private byte[] _lines = [];
    private ReadOnlyMemory<byte> _member;
    private byte[] _buffer = [];

    /// <summary>How hard the member is compressed.</summary>
    [Params(CompressionLevel.Fastest, CompressionLevel.Optimal)]
    public CompressionLevel Level { get; set; }

    [GlobalSetup]
    public void Generate()
    {
        _lines = JournalLines.Bytes();
        _member = GzipMember.Compress(_lines, [], Level);
        _buffer = new byte[64 * 1024];
    }

    [Benchmark(OperationsPerInvoke = JournalLines.Count)]
    public ReadOnlyMemory<byte> Compress() => GzipMember.Compress(_lines, [], Level);

    [Benchmark(OperationsPerInvoke = JournalLines.Count)]
    public long Decompress()
    {
        using var gzip = new GZipStream(new MemoryStream(_member.ToArray()), CompressionMode.Decompress);
        var total = 0L;
        for (var read = gzip.Read(_buffer); read > 0; read = gzip.Read(_buffer))
            total += read;
        return total;
    }
}
