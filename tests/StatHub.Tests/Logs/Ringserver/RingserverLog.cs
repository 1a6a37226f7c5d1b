using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Web;
using StatHub.Core.Dimensions.Countries;
using StatHub.Core.Logs;
using StatHub.Core.Logs.Ringserver;
using StatHub.Core.Tenants;

namespace StatHub.Tests.Logs.Ringserver;

/// <summary>A log that was converted: its report and its journal lines.</summary>
internal sealed class RingserverLog
{
    private RingserverLog(LogReport report, string journal) => (Report, Journal) = (report, journal);

    public LogReport Report { get; }

    public string Journal { get; }

    /// <summary>The journal lines of streams.</summary>
    public IEnumerable<JsonElement> Streams => Lines.Where(line => !line.TryGetProperty("refused", out _));

    /// <summary>What is wrong, each with the number of its line.</summary>
    public IEnumerable<string> Faults => Report.Samples.Select(sample => $"{sample.Number} {sample.Reason.Name()}");

    private IEnumerable<JsonElement> Lines => Journal.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement);

    public static RingserverLog Of(string log, int block = 4096, CountryDatabase? places = null, string? key = null) => Of(Encoding.UTF8.GetBytes(log), block, places, key);

    public static RingserverLog Of(byte[] log, int block = 4096, CountryDatabase? places = null, string? key = null)
    {
        var writer = new LogLine(TenantId.Parse("demo"), "ringserver", LogFormat.Ringserver.UsualRule, new TransferArgs(new CountrySource(places), new HostHash(key)));
        var converter = new LogConverter(LogFormat.Ringserver.CreateParser(), writer, DateTimeOffset.MaxValue);
        var target = new ArrayBufferWriter<byte>();
        for (var at = 0; at < log.Length; at += block)
            converter.Add(log.AsSpan(at, Math.Min(block, log.Length - at)), target);
        converter.End(target);
        return new RingserverLog(converter.Report, Encoding.UTF8.GetString(target.WrittenSpan));
    }

    /// <summary>A dimension of a journal line; null where it has none.</summary>
    public static string? Dimension(JsonElement line, string name) => HttpUtility.ParseQueryString(line.GetProperty("args").GetString()!)[$"d.{name}"];
}
