using System.Buffers;
using System.Text;
using System.Text.Json;
using StatHub.Core.Alerts;
using StatHub.Core.Logs;
using StatHub.Core.Monitor;
using StatHub.Core.Sketches;

namespace StatHub.Cli.Monitor;

/// <summary>JSON lines: <c>{"type":"stats",…}</c> for each interval and <c>{"type":"alert",…}</c> for each change.</summary>
/// <param name="output">Takes them.</param>
/// <param name="top">How many names are in a list.</param>
/// <param name="isOnce">Whether there is one report only.</param>
internal sealed class JsonOutput(TextWriter output, int top, bool isOnce) : IMonitorOutput
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public Task TellAsync(AlertTransition transition, MonitorState state) => WriteAsync(json =>
    {
        json.WriteString("type", "alert");
        WriteTransition(json, transition, state.Zone);
    });

    public Task ReportAsync(MonitorState state) => WriteAsync(json =>
    {
        var stats = isOnce ? state.Total : state.Interval;
        json.WriteString("type", "stats");
        json.WriteString("time", AlertMessage.Time(state.Now, state.Zone));
        json.WriteNumber("seconds", Math.Round((isOnce ? state.TotalLength : state.IntervalLength).TotalSeconds, 3));
        WriteStats(json, stats);
        WriteWindow(json, state);
        json.WriteNumber("late", state.Late);
        json.WriteNumber("future", state.Future);
        json.WriteNumber("lagSeconds", Math.Round(state.Lag.TotalSeconds, 3));
        json.WriteNumber("bytesBehind", state.Behind);
        json.WriteStartArray("active");
        foreach (var (rule, standing) in state.Active)
            WriteActive(json, rule, standing, state.Zone);
        json.WriteEndArray();
    });

    public bool Refresh(DateTimeOffset now, Func<MonitorState> state) => true;

    public void Dispose()
    {
    }

    private void WriteStats(Utf8JsonWriter json, TrafficStats stats)
    {
        json.WriteNumber("hits", stats.Hits);
        json.WriteNumber("bytes", stats.Bytes);
        WriteClasses(json, "classes", stats.Classes);
        json.WriteStartObject("statuses");
        foreach (var (status, hits) in stats.Statuses)
            json.WriteNumber(status.ToString("000", System.Globalization.CultureInfo.InvariantCulture), hits);
        json.WriteEndObject();
        WriteList(json, "sections", stats.Sections, name => WriteClasses(json, "classes", stats.ClassesOf(name.Name.Span)));
        WriteList(json, "clients", stats.Clients, _ => { });
        WriteList(json, "userAgents", stats.UserAgents, _ => { });
        WriteList(json, "methods", stats.Methods, _ => { });
        json.WriteStartObject("sizes");
        json.WriteNumber("mean", stats.Hits == 0 ? 0 : stats.Bytes / stats.Hits);
        json.WriteNumber("median", stats.Sizes.Quantile(0.5));
        json.WriteNumber("p95", stats.Sizes.Quantile(0.95));
        json.WriteNumber("largest", stats.Sizes.Largest);
        json.WriteEndObject();
        json.WriteStartObject("malformed");
        foreach (var (reason, lines) in stats.MalformedByReason)
            json.WriteNumber(reason.Name(), lines);
        json.WriteEndObject();
    }

    private static void WriteWindow(Utf8JsonWriter json, MonitorState state)
    {
        json.WriteStartObject("window");
        json.WriteNumber("seconds", state.Settings.Window.TotalSeconds);
        json.WriteNumber("hits", state.Window.Hits);
        json.WriteNumber("errors", state.Window.Errors);
        json.WriteNumber("rate", Math.Round(state.WindowRate, 3));
        json.WriteNumber("rateNow", Math.Round(state.RateNow, 3));
        json.WriteEndObject();
    }

    private static void WriteClasses(Utf8JsonWriter json, string property, StatusClasses classes)
    {
        json.WriteStartObject(property);
        for (var i = 1; i <= StatusClasses.Count; i++)
            json.WriteNumber(MonitorText.ClassName(i % StatusClasses.Count), classes[i % StatusClasses.Count]);
        json.WriteEndObject();
    }

    private void WriteList(Utf8JsonWriter json, string property, HeavyHitters names, Action<HeavyHitter> more)
    {
        json.WriteStartArray(property);
        foreach (var name in names.ByHits().Take(top))
        {
            json.WriteStartObject();
            json.WriteString("name", Encoding.UTF8.GetString(name.Name.Span));
            json.WriteNumber("hits", name.Sums.Hits);
            json.WriteNumber("error", name.Error);
            more(name);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteTransition(Utf8JsonWriter json, AlertTransition transition, TimeZoneInfo zone)
    {
        json.WriteString("rule", transition.Rule.Name);
        json.WriteString("metric", transition.Rule.Metric.Name());
        json.WriteString("state", transition.State.Name());
        if (transition.Client.Length > 0)
            json.WriteString("client", transition.Client);
        json.WriteNumber("hits", transition.Measure.Hits);
        json.WriteNumber("errors", transition.Measure.Errors);
        json.WriteString("time", AlertMessage.Time(transition.At, zone));
        json.WriteString("message", AlertMessage.Of(transition, zone));
    }

    private static void WriteActive(Utf8JsonWriter json, AlertRule rule, AlertStanding standing, TimeZoneInfo zone)
    {
        json.WriteStartObject();
        json.WriteString("rule", rule.Name);
        json.WriteString("metric", rule.Metric.Name());
        if (standing.Client.Length > 0)
            json.WriteString("client", standing.Client);
        json.WriteNumber("hits", standing.Measure.Hits);
        json.WriteNumber("errors", standing.Measure.Errors);
        json.WriteString("since", AlertMessage.Time(standing.Since, zone));
        json.WriteEndObject();
    }

    private async Task WriteAsync(Action<Utf8JsonWriter> write)
    {
        _buffer.ResetWrittenCount();
        await using (var json = new Utf8JsonWriter(_buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        await output.WriteLineAsync(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        await output.FlushAsync();
    }
}
