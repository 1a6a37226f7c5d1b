using System.Buffers;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using StatHub.Core.Hits;
using StatHub.Core.Sketches;

namespace StatHub.Benchmarks;

/// <summary>Summaries of frequent values: the hits of a day, and the days of a year.</summary>
[InProcess, MemoryDiagnoser]
public class HeavyHittersBenchmarks
{
    private const int Adds = 100_000;
    private const int Days = 365;

    private static readonly Tally OneHit = new(1, 0, new ValueSum(HitValue.One));

    private readonly byte[][] _names = new byte[Adds][];
    private readonly ArrayBufferWriter<byte> _target = new();
    private HeavyHitters _day = new();
    private byte[][] _year = [];

    /// <summary>How many names there are; few of them have most of the hits. A summary lists a thousand.</summary>
    [Params(100, 100_000)]
    public int Names { get; set; }

    [GlobalSetup]
    public void Generate()
    {
        var random = new Random(1);
        foreach (ref var name in _names.AsSpan())
            name = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"www.site-{(int)Math.Pow(Names, random.NextDouble())}.example.com"));
        _day = Add();
        _year = [.. Enumerable.Repeat(Write().ToArray(), Days)];
    }

    /// <summary>Times are per hit.</summary>
    [Benchmark(OperationsPerInvoke = Adds)]
    public HeavyHitters Add()
    {
        var summary = new HeavyHitters();
        foreach (var name in _names)
            summary.Add(name, OneHit);
        return summary;
    }

    [Benchmark]
    public HeavyHitters AddYear()
    {
        var year = new HeavyHitters();
        foreach (var day in _year)
            year.TryAdd(day);
        return year;
    }

    [Benchmark]
    public long ReadDay()
    {
        var hits = 0L;
        var reader = new HeavyHittersReader(_year[0]);
        while (reader.Read())
            hits += reader.Sums.Hits;
        return hits;
    }

    [Benchmark]
    public ReadOnlyMemory<byte> Write()
    {
        _target.ResetWrittenCount();
        _day.Write(_target);
        return _target.WrittenMemory;
    }
}
