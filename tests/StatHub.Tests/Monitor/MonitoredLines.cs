using System.Globalization;
using System.Text;
using StatHub.Core.Logs;
using StatHub.Core.Monitor;

namespace StatHub.Tests.Monitor;

/// <summary>Lines of a combined log, and what reads them.</summary>
internal static class MonitoredLines
{
    public static readonly DateTimeOffset Begin = new(2026, 2, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A line.</summary>
    public static string Line(double seconds, string target = "/pages/a", int status = 200, string client = "10.0.0.1", long bytes = 100, string agent = "curl") =>
        string.Create(CultureInfo.InvariantCulture, $"{client} - - [{Begin.AddSeconds(seconds):dd/MMM/yyyy:HH:mm:ss} +0000] \"GET {target} HTTP/1.1\" {status} {bytes} \"-\" \"{agent}\"");

    /// <summary>Gives a line to a monitor, so many times.</summary>
    public static void Add(this TrafficMonitor monitor, string line, int times = 1)
    {
        var parser = new CombinedParser(hasHost: false);
        for (var i = 0; i < times; i++)
        {
            var reason = parser.Read(Encoding.UTF8.GetBytes(line), out var entry);
            if (reason == LogReason.None)
                monitor.Add(entry);
            else
                monitor.Add(reason);
        }
    }
}
