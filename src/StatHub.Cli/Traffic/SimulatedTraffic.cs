using System.Globalization;
using System.Text;

namespace StatHub.Cli.Traffic;

/// <summary>Writes traffic of a small site to a combined log as time goes by: none to twenty lines a second, with calm and busy minutes, and now and then errors.</summary>
internal sealed class SimulatedTraffic : IDisposable
{
    private const double MostLines = 20;
    private const int Visitors = 40;

    private static readonly TimeSpan Phase = TimeSpan.FromSeconds(15);

    private static readonly WeightedChoice<(string Method, string Target, int Bytes)> Requests = new(
    [
        (20, ("GET", "/", 5_120)), (14, ("GET", "/pages/pricing", 8_300)), (10, ("GET", "/pages/about?ref=nav", 6_400)), (12, ("GET", "/blog/why-count", 14_900)),
        (6, ("GET", "/blog/exactly-once", 21_700)), (16, ("GET", "/assets/site.css", 31_000)), (10, ("GET", "/assets/app.js", 184_000)), (8, ("GET", "/api/user", 410)),
        (5, ("POST", "/api/orders", 96)), (2, ("PUT", "/api/user", 60)), (3, ("GET", "/search?q=hit+counter", 9_200)), (1, ("HEAD", "/", 0)), (1, ("DELETE", "/api/orders/17", 0)),
        (1, ("GET", "/wp-login.php", 153)),
    ]);

    private readonly FileStream _log;
    private readonly TimeProvider _time;
    private readonly TrafficRandom _random;
    private readonly Visitor[] _visitors;
    private readonly StringBuilder _lines = new();
    private long _last;
    private long _phaseBegun;
    private double _due;
    private double _rate;
    private double _errorPercent;

    /// <summary>Begins a log.</summary>
    /// <param name="path">A file that does not exist, or is empty.</param>
    /// <param name="time">The clock.</param>
    /// <param name="seed">Another seed, other traffic.</param>
    /// <exception cref="IOException">Something is in the file.</exception>
    public SimulatedTraffic(string path, TimeProvider time, ulong seed)
    {
        (_time, _random) = (time, new TrafficRandom(seed));
        _log = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (_log.Length > 0)
        {
            _log.Dispose();
            throw new IOException($"{path} has something in it: simulated traffic needs a file that does not exist or is empty.");
        }
        _visitors = [.. Enumerable.Range(0, Visitors).Select(_ => new Visitor(_random))];
        _last = _phaseBegun = time.GetTimestamp();
        Begin();
    }

    /// <summary>Writes what came since it was called last.</summary>
    public void Write()
    {
        if (_time.GetElapsedTime(_phaseBegun) >= Phase)
            Begin();
        // After a sleep nothing is made up for.
        _due += _rate * Math.Min(1, _time.GetElapsedTime(_last).TotalSeconds);
        _last = _time.GetTimestamp();
        for (; _due >= 1; _due--)
            AddLine();
        if (_lines.Length == 0)
            return;
        // Others may write to it, too.
        _log.Seek(0, SeekOrigin.End);
        _log.Write(Encoding.Latin1.GetBytes(_lines.ToString()));
        _lines.Clear();
    }

    public void Dispose() => _log.Dispose();

    private void Begin()
    {
        _phaseBegun = _time.GetTimestamp();
        _rate = _random.Percent(10) ? 0 : _random.NextShare() * MostLines;
        _errorPercent = _random.Percent(15) ? 25 : 0.5;
    }

    private void AddLine()
    {
        var visitor = _random.Pick(_visitors);
        var (method, target, bytes) = Requests.Next(_random);
        var status = target == "/wp-login.php" ? 404 : _random.Percent(_errorPercent) ? 502 : _random.Percent(6) ? 304 : 200;
        var time = _time.GetLocalNow();
        var zone = time.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
        _lines.Append(Encoding.ASCII.GetString(visitor.Address))
            .Append(CultureInfo.InvariantCulture, $" - - [{time:dd/MMM/yyyy:HH:mm:ss} {zone}] \"{method} {target} HTTP/1.1\" {status} {(status == 200 ? bytes : status == 304 ? 0 : 157)} \"-\" \"")
            .Append(Encoding.Latin1.GetString(visitor.Agent.Combined)).Append("\"\n");
    }
}
