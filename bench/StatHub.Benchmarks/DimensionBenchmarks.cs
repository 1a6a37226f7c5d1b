using System.Text;
using BenchmarkDotNet.Attributes;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Journal;

namespace StatHub.Benchmarks;

/// <summary>What dimensions add to a line. Times are per line, or per user agent.</summary>
[InProcess, MemoryDiagnoser]
public class DimensionBenchmarks
{
    private const int Agents = 1000;

    private readonly DimensionReader _reader = new();
    private readonly HitLine _fields = new();
    private byte[][] _lines = [];
    private byte[][] _agents = [];
    private int _round;

    [GlobalSetup]
    public void Generate()
    {
        _lines = JournalLines.Each();
        _agents = [.. _lines.Select(line => _fields.TryRead(line) ? _fields.Text(line, Core.Hits.HitField.UserAgent).ToArray() : []).Take(Agents)];
        Read();
    }

    /// <summary>To be taken off <see cref="Read"/>.</summary>
    [Benchmark(OperationsPerInvoke = JournalLines.Count, Baseline = true)]
    public int Fields()
    {
        var found = 0;
        foreach (var line in _lines)
            found += _fields.TryRead(line) ? 1 : 0;
        return found;
    }

    /// <summary>All dimensions of lines whose texts are known.</summary>
    [Benchmark(OperationsPerInvoke = JournalLines.Count)]
    public int Read()
    {
        var values = 0;
        foreach (var line in _lines)
        {
            if (_fields.TryRead(line))
                values += _reader.Read(line, _fields).Count;
        }
        return values;
    }

    /// <summary>User agents that never came before, as one who means harm would send them.</summary>
    [Benchmark(OperationsPerInvoke = Agents)]
    public int NewClients()
    {
        _round++;
        var clients = new ClientCatalogue();
        var bots = 0;
        for (var i = 0; i < _agents.Length; i++)
            bots += clients.Describe([.. _agents[i], .. Encoding.ASCII.GetBytes($" x/{_round}.{i}")]).Bot == BotReason.None ? 0 : 1;
        return bots;
    }
}
