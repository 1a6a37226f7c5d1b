using BenchmarkDotNet.Attributes;
using StatHub.Core.Dimensions;
using StatHub.Core.Journal;
using StatHub.Core.Privacy;
using StatHub.Core.Sketches;
using StatHub.Core.Tenants;

namespace StatHub.Benchmarks;

/// <summary>The hot path of the ingest: a line to its outcome, a line into a batch. Times are per line.</summary>
[InProcess, MemoryDiagnoser]
public class HitParserBenchmarks
{
    private readonly HitParser _parser = new();
    private readonly DimensionReader _dimensions = new();
    private readonly FixedSalt _salts = new();
    private readonly TenantDirectory _tenants = JournalLines.Tenants();
    private byte[][] _lines = [];

    /// <summary>Percent of lines that are not to be counted.</summary>
    [Params(0, 20)]
    public int Hostile { get; set; }

    [GlobalSetup]
    public void Generate() => _lines = JournalLines.Each(Hostile);

    [Benchmark(OperationsPerInvoke = JournalLines.Count)]
    public int Parse()
    {
        var counted = 0;
        foreach (var line in _lines)
        {
            if (_parser.Read(line, JournalLines.LiveFile, JournalLines.NowMilliseconds, out _) == RejectReason.None)
                counted++;
        }
        return counted;
    }

    [Benchmark(OperationsPerInvoke = JournalLines.Count)]
    public HitBatch Batch()
    {
        var builder = new HitBatchBuilder(_tenants, _dimensions, PrivacyRules.Default, _salts, new Unbounded(), JournalLines.NowMilliseconds);
        foreach (var line in _lines)
            builder.Add(line, JournalLines.LiveFile, JournalFileName.Live, 0);
        return builder.Batch;
    }

    private sealed class Unbounded : ITenantBounds
    {
        public bool TakesHit(TenantEntry tenant, int day) => true;

        public bool TakesKey(TenantEntry tenant, byte[] key) => true;

        public bool HasEvent(TenantEntry tenant, UInt128 id) => false;

        public void AddEvent(TenantEntry tenant, UInt128 id)
        {
        }
    }

    private sealed class FixedSalt : IVisitorSalts
    {
        private readonly byte[] _salt = new byte[VisitorHash.SaltBytes];

        public ReadOnlySpan<byte> Of(int day) => _salt;
    }
}
