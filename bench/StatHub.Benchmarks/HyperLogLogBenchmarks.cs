using System.Buffers;
using BenchmarkDotNet.Attributes;
using StatHub.Core.Sketches;

namespace StatHub.Benchmarks;

/// <summary>Sketches of distinct visitors: small ones hold prefixes, large ones registers.</summary>
[InProcess, MemoryDiagnoser]
public class HyperLogLogBenchmarks
{
    private const int Adds = 10_000;

    private readonly ulong[] _hashes = new ulong[Adds];
    private readonly ArrayBufferWriter<byte> _target = new();
    private HyperLogLog _sketch = new();
    private byte[] _written = [];

    /// <summary>How many distinct hashes a sketch has.</summary>
    [Params(100, 3_000, 1_000_000)]
    public int Distinct { get; set; }

    [GlobalSetup]
    public void Generate()
    {
        var random = new Random(1);
        var distinct = new ulong[Distinct];
        foreach (ref var hash in distinct.AsSpan())
            hash = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        _sketch = Sketch(distinct);
        _written = Write().ToArray();
        foreach (ref var hash in _hashes.AsSpan())
            hash = distinct[random.Next(Distinct)];
    }

    /// <summary>Times are per hash, all of which are there already.</summary>
    [Benchmark(OperationsPerInvoke = Adds)]
    public void Add()
    {
        foreach (var hash in _hashes)
            _sketch.Add(hash);
    }

    /// <summary>Times are per hash, into sketches that are empty at first.</summary>
    [Benchmark(OperationsPerInvoke = Adds)]
    public HyperLogLog AddToEmpty() => Sketch(_hashes);

    [Benchmark]
    public bool AddWritten() => _sketch.TryAdd(_written);

    [Benchmark]
    public bool Read() => HyperLogLog.TryRead(_written, out _);

    [Benchmark]
    public ReadOnlyMemory<byte> Write()
    {
        _target.ResetWrittenCount();
        _sketch.Write(_target);
        return _target.WrittenMemory;
    }

    [Benchmark]
    public long Estimate() => _sketch.Estimate();

    private static HyperLogLog Sketch(ulong[] hashes)
    {
        var sketch = new HyperLogLog();
        foreach (var hash in hashes)
            sketch.Add(hash);
        return sketch;
    }
}
