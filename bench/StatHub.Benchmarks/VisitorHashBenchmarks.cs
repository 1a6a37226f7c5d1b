using BenchmarkDotNet.Attributes;
using StatHub.Core.Sketches;

namespace StatHub.Benchmarks;

/// <summary>The hash that every hit needs for its visitor.</summary>
[InProcess, MemoryDiagnoser]
public class VisitorHashBenchmarks
{
    private readonly byte[] _salt = new byte[VisitorHash.SaltBytes];

    private static ReadOnlySpan<byte> UserAgent =>
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"u8;

    [Benchmark]
    public ulong Of() => VisitorHash.Of(_salt, "demo"u8, "203.0.113.195"u8, UserAgent);
}
