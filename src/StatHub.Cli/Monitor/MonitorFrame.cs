using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Core.Alerts;
using StatHub.Core.Monitor;
using StatHub.Core.Sketches;

namespace StatHub.Cli.Monitor;

/// <summary>The lines of a screen, each exactly as wide as it is or shorter.</summary>
internal sealed class MonitorFrame
{
    private const int LeastWidth = 60;
    private const int LeastHeight = 16;
    private const int HeadLines = 5;
    private const int NumberColumns = 6;
    private const int Gap = 2;
    private const int LeastAlerts = 3;

    // So many columns have all that may be wrong beside what alerts are set to.
    private const int WithHints = 110;

    private readonly MonitorState _state;
    private readonly MonitorView _view;
    private readonly TrafficStats _stats;
    private readonly int _width;
    private readonly int _height;

    private MonitorFrame(MonitorState state, MonitorView view, int width, int height)
    {
        (_state, _view, _width, _height) = (state, view, width, height);
        _stats = view.IsTotal ? state.Total : state.Interval;
    }

    /// <summary>Draws a screen of a size.</summary>
    public static IReadOnlyList<string> Of(MonitorState state, MonitorView view, int width, int height) => new MonitorFrame(state, view, width, height).Draw();

    private List<string> Draw()
    {
        if (_width < LeastWidth || _height < LeastHeight)
            return [.. Small().Take(_height)];
        var lines = new List<string>();
        lines.AddRange(Head());
        lines.AddRange(_view.IsHelp ? Help() : _view.IsEnlarged ? Enlarged() : Panels());
        while (lines.Count < _height - 1)
            lines.Add("");
        return [.. lines.Take(_height - 1), Foot()];
    }

    private string[] Small() =>
    [
        Line().Add($"{_width}×{_height}: {LeastWidth}×{LeastHeight} is the least").ToString(),
        Line().Add($"{MonitorText.Rate(_state.RateNow)}, {_state.Active.Count} alerts").ToString(),
    ];

    private IEnumerable<string> Head()
    {
        var logs = string.Join(", ", _state.Logs.Select(TerminalText.Of));
        var right = $"{(_view.IsPaused ? "PAUSED  " : "")}{TimeZoneInfo.ConvertTime(_state.Now, _state.Zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture)} ";
        yield return Line().Cell($" stathub monitor  {logs}", _width - right.Length - 1, Style.Inverse).To(_width - right.Length, Style.Inverse)
            .Add(right, _view.IsPaused ? Style.Alarm : Style.Inverse).ToString();
        yield return Traffic();
        yield return Sparkline();
        yield return Errors();
        yield return Line().Add("Sizes ", Style.Bold).Add(MonitorText.ShortSizes(_stats)).ToString();
    }

    private string Traffic()
    {
        var isActive = IsActive(AlertMetric.Rate);
        return Line().Add("Traffic ", Style.Bold).Add($"{MonitorText.Rate(_state.RateNow)} now  ")
            .Add($"{MonitorText.Rate(_state.WindowRate)} over {MonitorText.Span(_state.Settings.Window)}", isActive ? Style.Alarm : Style.None)
            .Add($"  (alert above {MonitorText.Rate((double)_state.Settings.Threshold)})", Style.Dim)
            .Add(_state.IsLive ? "" : "  reading what was there before …", Style.Warning).ToString();
    }

    /// <summary>The window, bucket by bucket; what is above the threshold is red.</summary>
    private string Sparkline()
    {
        const string blocks = " ▁▂▃▄▅▆▇█";
        var bars = Bars(_width - 24);
        var seconds = bars.Seconds;
        var most = Math.Max(bars.Hits.DefaultIfEmpty().Max() / Math.Max(seconds, 1e-9), (double)_state.Settings.Threshold);
        var line = Line();
        foreach (var hits in bars.Hits)
        {
            var rate = hits / seconds;
            var level = rate <= 0 ? 0 : Math.Clamp((int)Math.Ceiling(rate / most * 8), 1, 8);
            line.Add(new string(blocks[level], bars.Columns), rate > (double)_state.Settings.Threshold ? Style.Bad : Style.Good);
        }
        return line.Add($" {MonitorText.Rate(bars.Hits.DefaultIfEmpty().Max() / Math.Max(seconds, 1e-9))} at most", Style.Dim).ToString();
    }

    /// <summary>Several buckets in one column, or one in several, so that the window is as wide as it can be.</summary>
    private (List<long> Hits, double Seconds, int Columns) Bars(int columns)
    {
        var buckets = _state.HitsByBucket;
        var each = Math.Max(1, (buckets.Count + columns - 1) / columns);
        var hits = buckets.Reverse().Chunk(each).Where(chunk => chunk.Length == each).Select(chunk => chunk.Sum()).Reverse().ToList();
        return (hits, each * _state.Settings.Bucket.TotalSeconds, Math.Max(1, columns / Math.Max(1, hits.Count)));
    }

    private string Errors()
    {
        var share = _state.Window.Hits == 0 ? 0 : (double)_state.Window.Errors / _state.Window.Hits;
        var clients = _state.Active.Count(one => one.Rule.Metric == AlertMetric.ClientRate);
        var wrong = ((string Name, long Lines)[])[("Malformed", _state.Total.Malformed), ("Late", _state.Late), ("Future", _state.Future)];
        // What is wrong comes before what alerts are set to, where there is no room for both.
        var hints = _width >= WithHints || wrong.All(one => one.Lines == 0);
        var line = Line().Add("5xx ", Style.Bold).Add(MonitorText.Percent(share), IsActive(AlertMetric.ErrorRate) ? Style.Alarm : Style.None)
            .Add(hints ? $" (alert above {MonitorText.Percent((double)_state.Settings.ErrorRate)})" : "", Style.Dim)
            .Add("  Clients ", Style.Bold).Add(Figures.Of(clients), clients > 0 ? Style.Alarm : Style.None)
            .Add(hints ? $" above {MonitorText.Rate((double)_state.Settings.ClientRate)}" : "", Style.Dim)
            .Add("  Lag ", Style.Bold).Add(MonitorText.Span(_state.Lag), _state.Lag > TimeSpan.FromSeconds(1) ? Style.Warning : Style.None);
        foreach (var (name, lines) in wrong.Where(one => one.Lines > 0))
            line.Add($"  {name} ", Style.Bold).Add(hints ? Figures.Of(lines) : Short(lines), Style.Warning);
        return line.ToString();
    }

    private IEnumerable<string> Panels()
    {
        // Two rows of lists with their headings, and the alerts with theirs.
        var room = _height - HeadLines - 4;
        var rows = Math.Clamp(Math.Min(_view.Top, (room - LeastAlerts) / 2), 1, _view.Top);
        var left = Math.Max(_width / 2, NumberColumns * 5 + 16);
        var right = _width - left - Gap;
        foreach (var line in Beside(Sections(left, rows), List(Panel.Clients, "Clients", _stats.Clients, right, rows), left))
            yield return line;
        foreach (var line in Beside(List(Panel.UserAgents, "User agents", _stats.UserAgents, left, rows), List(Panel.Methods, "Methods", _stats.Methods, right, rows), left))
            yield return line;
        foreach (var line in Alerts(_width, room + 1 - 2 * rows))
            yield return line.Text;
    }

    private IEnumerable<string> Enlarged()
    {
        var rows = _height - HeadLines - 2;
        var lines = _view.Focus switch
        {
            Panel.Sections => Sections(_width, rows),
            Panel.Clients => List(Panel.Clients, "Clients", _stats.Clients, _width, rows),
            Panel.UserAgents => List(Panel.UserAgents, "User agents", _stats.UserAgents, _width, rows),
            Panel.Methods => List(Panel.Methods, "Methods", _stats.Methods, _width, rows),
            _ => Alerts(_width, rows),
        };
        return lines.Select(line => line.Text);
    }

    private static IEnumerable<string> Beside(List<(string Text, int Cells)> left, List<(string Text, int Cells)> right, int width)
    {
        for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
        {
            var (text, cells) = i < left.Count ? left[i] : ("", 0);
            yield return text + new string(' ', width - cells + Gap) + (i < right.Count ? right[i].Text : "");
        }
    }

    private List<(string Text, int Cells)> Sections(int width, int rows)
    {
        var name = width - 5 * NumberColumns;
        var heading = Heading(Panel.Sections, "Sections", name, width).Cell("hits", NumberColumns, Style.Dim, isRight: true);
        for (var i = 2; i < StatusClasses.Count; i++)
            heading.Cell(MonitorText.ClassName(i), NumberColumns, Style.Dim, isRight: true);
        var lines = new List<(string, int)> { (heading.ToString(), width) };
        foreach (var section in Rows(Panel.Sections, _stats.Sections, rows))
        {
            var line = new StyledLine(width).Cell(MonitorText.Name(section), name).Cell(Short(section.Sums.Hits), NumberColumns, isRight: true);
            var classes = _stats.ClassesOf(section.Name.Span);
            for (var i = 2; i < StatusClasses.Count; i++)
                line.Cell(classes[i] == 0 ? "·" : Short(classes[i]), NumberColumns, classes[i] == 0 ? Style.Dim : StyleOf(i), isRight: true);
            lines.Add((line.ToString(), width));
        }
        return Filled(lines, width, rows, "no requests");
    }

    private List<(string Text, int Cells)> List(Panel panel, string title, HeavyHitters names, int width, int rows)
    {
        var name = width - 2 * NumberColumns;
        var lines = new List<(string, int)>
        {
            (Heading(panel, title, name, width).Cell("hits", NumberColumns, Style.Dim, isRight: true).Cell("share", NumberColumns, Style.Dim, isRight: true).ToString(), width),
        };
        foreach (var hitter in Rows(panel, names, rows))
        {
            lines.Add((new StyledLine(width).Cell(MonitorText.Name(hitter), name).Cell(Short(hitter.Sums.Hits), NumberColumns, isRight: true)
                .Cell($"{100.0 * hitter.Sums.Hits / Math.Max(1, names.Total.Hits):0} %", NumberColumns, Style.Dim, isRight: true).ToString(), width));
        }
        return Filled(lines, width, rows, "");
    }

    private List<(string Text, int Cells)> Alerts(int width, int rows)
    {
        var title = $"Alerts: {_state.Active.Count} active, {_state.History.Count(one => one.IsTriggered)} so far";
        var lines = new List<(string, int)> { (Heading(Panel.Alerts, title, width, width).ToString(), width) };
        var history = _state.History.Reverse().Where(one => IsListed(MonitorText.Message(one, _state.Zone)));
        foreach (var transition in history.Skip(_view.Focus == Panel.Alerts ? _view.Scrolled : 0).Take(rows))
        {
            var isOn = transition.IsTriggered && _state.Active.Any(one => one.Rule.Name == transition.Rule.Name && one.Standing.Client == transition.Client && one.Standing.Since == transition.At);
            lines.Add((new StyledLine(width).Cell(Message(transition, width), width, isOn ? Style.Bad : transition.IsRecovered ? Style.Good : Style.None).ToString(), width));
        }
        return Filled(lines, width, rows, "nothing was exceeded");
    }

    private string Message(AlertTransition transition, int width) =>
        MonitorText.Message(transition, _state.Zone) is var message && message.Length <= width ? message : MonitorText.ShortMessage(transition, _state.Zone);

    private IEnumerable<HeavyHitter> Rows(Panel panel, HeavyHitters names, int rows) =>
        names.ByHits().Where(name => IsListed(MonitorText.Name(name))).Skip(_view.Focus == panel ? _view.Scrolled : 0).Take(rows);

    private bool IsListed(string name) => name.Contains(_view.Filter, StringComparison.OrdinalIgnoreCase);

    private StyledLine Heading(Panel panel, string title, int columns, int width) =>
        new StyledLine(width).Cell((_view.Focus == panel ? "▶ " : "  ") + title, columns, Style.Bold);

    private List<(string Text, int Cells)> Filled(List<(string Text, int Cells)> lines, int width, int rows, string nothing)
    {
        var why = _view.Filter.Length > 0 ? "  nothing that the filter lets through" : "  " + nothing;
        if (lines.Count == 1)
            lines.Add((new StyledLine(width).Cell(why, width, Style.Dim).ToString(), width));
        while (lines.Count < rows + 1)
            lines.Add(("", 0));
        return lines;
    }

    private IEnumerable<string> Help() => ((string[])
    [
        "", "  q        quit", "  p        pause the display; reading goes on", "  Tab      next panel (Shift-Tab: the one before)", "  Enter    enlarge it, and back",
        "  ↑ ↓      scroll it, also by Page Up and Page Down", "  t        numbers of the last interval, or since the beginning", "  /        list only names that have a text in them; Esc lists all",
        "  ?        this help", "", "  Alerts look at the window, at the clock; lists show the last interval.",
    ]).Select(line => Line().Add(line).ToString());

    private string Foot()
    {
        if (_view.IsTyping)
            return Line().Add("Filter: ", Style.Bold).Add(TerminalText.Of(_view.Filter)).Add("▏").Add("  Enter keeps it, Esc lists all", Style.Dim).ToString();
        var span = _view.IsTotal ? $"all of {MonitorText.Span(_state.TotalLength)}" : $"last {MonitorText.Span(_state.IntervalLength)}";
        var keys = _view.HasKeys ? "  q quit  ? help" : "  Ctrl-C ends it";
        var filter = _view.Filter.Length > 0 ? $" filter: {TerminalText.Of(_view.Filter)} " : "";
        var sums = $" {Figures.Of(_stats.Hits)} requests, {span}: {MonitorText.Classes(_stats.Classes)} ";
        // Where there is no room for all of it, keys and filter have it.
        var room = Math.Max(0, _width - StyledLine.CellsOf(filter) - keys.Length);
        return Line().Cell(sums, Math.Min(StyledLine.CellsOf(sums), room), Style.Inverse).Add(filter, Style.Warning).Add(keys, Style.Dim).ToString();
    }

    private StyledLine Line() => new(_width);

    private bool IsActive(AlertMetric metric) => _state.Active.Any(one => one.Rule.Metric == metric);

    private static Style StyleOf(int statusClass) => statusClass switch
    {
        2 => Style.Good,
        3 => Style.Moved,
        4 => Style.Warning,
        5 => Style.Bad,
        _ => Style.None,
    };

    /// <summary>A number in five columns.</summary>
    private static string Short(long number) => number switch
    {
        < 100_000 => number.ToString(CultureInfo.InvariantCulture),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{number / 1000}k"),
        < 10_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{number / 1_000_000}M"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{number / 1_000_000_000}G"),
    };
}
