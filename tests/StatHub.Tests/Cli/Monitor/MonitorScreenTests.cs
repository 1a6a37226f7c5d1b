using System.Text.RegularExpressions;
using System.Threading.Channels;
using StatHub.Cli.Monitor;
using StatHub.Cli.Output;
using StatHub.Core.Alerts;
using StatHub.Core.Monitor;
using StatHub.Tests.Monitor;
using static StatHub.Tests.Monitor.MonitoredLines;

namespace StatHub.Tests.Cli.Monitor;

public sealed partial class MonitorScreenTests
{
    private readonly TrafficMonitor _monitor = new(new MonitorSettings(), Begin, isLive: true);
    private readonly List<AlertTransition> _history = [];

    [Theory]
    [InlineData(80, 24)]
    [InlineData(60, 16)]
    [InlineData(200, 60)]
    [InlineData(40, 10)]
    [InlineData(1, 1)]
    public void A_screen_is_never_larger_than_the_terminal(int width, int height)
    {
        Hostile();
        foreach (var view in Views())
        {
            var frame = MonitorFrame.Of(State(), view, width, height);

            frame.Should().HaveCountLessThanOrEqualTo(height);
            frame.Select(Plain).Should().OnlyContain(line => StyledLine.CellsOf(line) <= width);
        }
    }

    [Fact]
    public void Eighty_columns_have_all_that_is_to_be_seen()
    {
        _monitor.Add(Line(0, "/pages/a", 200, "10.0.0.7"), 1190);
        _monitor.Add(Line(0, "/api/x", 503, "2001:db8::7"), 90);
        _history.AddRange(_monitor.Evaluate());
        var frame = MonitorFrame.Of(State(), new MonitorView { Top = 5 }, 80, 24).Select(Plain).ToList();

        frame.Should().HaveCount(24);
        frame[0].Should().StartWith(" stathub monitor  access.log").And.EndWith(" 12:00:00");
        frame[1].Should().Be("Traffic 0.0/s now  10.7/s over 120 s  (alert above 10.0/s)");
        frame[3].Should().Be("5xx 7.03 % (alert above 5 %)  Clients 1 above 2.5/s  Lag 0 s");
        frame[5].Should().StartWith("▶ Sections        hits   2xx   3xx   4xx   5xx    Clients");
        frame[6].Should().StartWith("/pages            1190  1190     ·     ·     ·  10.0.0.7              1190  93 %");
        frame[7].Should().StartWith("/api                90     ·     ·     ·    90  2001:db8::7             90   7 %");
        frame.Should().Contain("  Alerts: 3 active, 3 so far")
            .And.Contain("12:00:00 High client traffic: client = 10.0.0.7, hits = 1190")
            .And.Contain("12:00:00 High traffic: hits = 1280")
            .And.Contain("12:00:00 High error rate: errors = 90 of 1280");
        frame[23].Should().StartWith(" 1,280 requests, last 10 s: 2xx 1,190, 5xx 90");
    }

    [Fact]
    public void Eighty_columns_have_room_for_all_that_is_wrong_and_for_the_keys()
    {
        foreach (var status in (int[])[200, 302, 404, 503])
            _monitor.Add(Line(0, "/pages/a", status, "10.0.0.7"), 123_456);
        _monitor.Add("no line", 12_345);
        _monitor.Evaluate();
        var state = State() with { Late = 123_456, Future = 12_345, Lag = TimeSpan.FromSeconds(10.5) };

        var frame = MonitorFrame.Of(state, new MonitorView { Top = 5, Filter = "pages" }, 80, 24).Select(Plain).ToList();

        frame[3].Should().Be("5xx 25 %  Clients 1  Lag 10.5 s  Malformed 12345  Late 123k  Future 12345");
        frame[23].Should().StartWith(" 493,824 requests, last 10 s: 2xx").And.EndWith("… filter: pages   q quit  ? help");
        MonitorFrame.Of(state, new MonitorView { Top = 5 }, 120, 24).Select(Plain).ElementAt(3).Should().Be(
            "5xx 25 % (alert above 5 %)  Clients 1 above 2.5/s  Lag 10.5 s  Malformed 12,345  Late 123,456  Future 12,345");
    }

    [Fact]
    public void Wide_terminals_have_messages_as_they_are()
    {
        _monitor.Add(Line(0), 1201);
        _history.AddRange(_monitor.Evaluate());

        MonitorFrame.Of(State(), new MonitorView { Top = 5 }, 120, 40).Select(Plain).Should().Contain("High traffic generated an alert - hits = 1201, triggered at 2026-02-01T12:00:00+00:00");
    }

    [Fact]
    public void A_filter_lists_only_names_that_have_it()
    {
        _monitor.Add(Line(0, "/pages/a"));
        _monitor.Add(Line(0, "/api/x"));

        var frame = string.Join('\n', MonitorFrame.Of(State(), new MonitorView { Top = 5, Filter = "API" }, 80, 24).Select(Plain));

        frame.Should().Contain("/api").And.NotContain("/pages").And.Contain("filter: API");
    }

    [Fact]
    public void Keys_do_what_the_help_says()
    {
        var view = new MonitorView { Top = 5 };

        view.After(Key('q')).Should().BeNull();
        view.After(Key('p'))!.IsPaused.Should().BeTrue();
        view.After(Key('\t', ConsoleKey.Tab))!.Focus.Should().Be(Panel.Clients);
        view.After(Key('\t', ConsoleKey.Tab, shift: true))!.Focus.Should().Be(Panel.Alerts);
        view.After(Key('\r', ConsoleKey.Enter))!.IsEnlarged.Should().BeTrue();
        view.After(Key('t'))!.IsTotal.Should().BeTrue();
        view.After(Key('?'))!.IsHelp.Should().BeTrue();
        view.After(Key('\0', ConsoleKey.DownArrow))!.After(Key('\0', ConsoleKey.DownArrow))!.After(Key('\0', ConsoleKey.UpArrow))!.Scrolled.Should().Be(1);
        var typed = "/qp\u0001x".Aggregate(view, (before, c) => before.After(Key(c))!);
        (typed.Filter, typed.IsTyping, typed.IsPaused).Should().Be(("qpx", true, false), "what is typed is text");
        typed.After(Key('\b', ConsoleKey.Backspace))!.After(Key('\r', ConsoleKey.Enter)).Should().BeEquivalentTo(view with { Filter = "qp" });
        typed.After(Key('\u001b', ConsoleKey.Escape))!.Filter.Should().BeEmpty();
    }

    [Fact]
    public void Only_lines_that_changed_are_written_and_the_screen_of_before_comes_back()
    {
        var keys = Channel.CreateUnbounded<ConsoleKeyInfo>();
        using var writer = new StringWriter();
        var now = Begin;
        using (var screen = new MonitorScreen(new TerminalWindow(writer, () => (80, 24), keys.Reader), 5))
        {
            screen.Refresh(now, State).Should().BeTrue();
            var first = writer.GetStringBuilder().Length;
            screen.Refresh(now, State).Should().BeTrue();
            writer.GetStringBuilder().Length.Should().Be(first, "nothing changed");
            _monitor.Add(Line(0));
            now = now.AddSeconds(1);
            screen.Refresh(now, State).Should().BeTrue();
            (writer.GetStringBuilder().Length - first).Should().BeInRange(10, first / 2);
            keys.Writer.TryWrite(Key('q'));
            screen.Refresh(now, State).Should().BeFalse();
        }

        var text = writer.ToString();
        text.Should().StartWith("\e[?1049h\e[?25l").And.EndWith("\e[0m\e[?25h\e[?1049l");
    }

    [Fact]
    public void A_pause_keeps_what_is_shown()
    {
        var keys = Channel.CreateUnbounded<ConsoleKeyInfo>();
        using var writer = new StringWriter();
        using var screen = new MonitorScreen(new TerminalWindow(writer, () => (80, 24), keys.Reader), 5);
        screen.Refresh(Begin, State);
        keys.Writer.TryWrite(Key('p'));
        screen.Refresh(Begin.AddSeconds(1), State);
        _monitor.Add(Line(0, "/unseen/x"));

        screen.Refresh(Begin.AddSeconds(2), State);
        writer.ToString().Should().Contain("PAUSED").And.NotContain("/unseen");
        keys.Writer.TryWrite(Key('p'));
        screen.Refresh(Begin.AddSeconds(3), State);
        writer.ToString().Should().Contain("/unseen");
    }

    private static IEnumerable<MonitorView> Views()
    {
        var view = new MonitorView { Top = 5 };
        yield return view;
        yield return view with { Top = 100, IsTotal = true, IsPaused = true, Filter = "日本語 \u001b" };
        yield return view with { IsHelp = true };
        yield return view with { IsTyping = true, Filter = "filter\u202e" };
        foreach (var panel in Enum.GetValues<Panel>())
            yield return view with { Focus = panel, IsEnlarged = true, Scrolled = 1 };
    }

    /// <summary>Text of which nothing may reach a terminal as it is.</summary>
    private void Hostile()
    {
        _monitor.Add(Line(0, "/\\x1b[2J/日本語日本語日本語日本語日本語日本語日本語日本語日本語/x", 502, new string('a', 250), agent: "日本語 \\x1b]0;x\\x07 \\xe2\\x80\\xae🙂" + new string('字', 100)), 2000);
        _monitor.Add(Line(0, "/" + new string('x', 400), 700));
        _history.AddRange(_monitor.Evaluate());
        foreach (var view in Views())
            string.Join("", MonitorFrame.Of(State(), view, 80, 24).Select(Plain)).Should().NotContainAny("\u001b", "\u0007", "\u202e");
    }

    private MonitorState State() => new()
    {
        Settings = new MonitorSettings(),
        Zone = TimeZoneInfo.Utc,
        Now = Begin,
        Logs = ["access.log"],
        IsLive = true,
        Interval = _monitor.Interval,
        IntervalLength = TimeSpan.FromSeconds(10),
        Total = _monitor.Interval,
        TotalLength = TimeSpan.FromSeconds(10),
        Window = _monitor.Window,
        HitsByBucket = _monitor.HitsByBucket,
        RateNow = _monitor.RateNow,
        WindowRate = _monitor.WindowRate,
        Late = 0,
        Future = 0,
        Lag = TimeSpan.Zero,
        Behind = 0,
        Active = _monitor.Active,
        History = _history,
    };

    /// <summary>A line without its colours.</summary>
    private static string Plain(string line) => Colour().Replace(line, "").TrimEnd();

    private static ConsoleKeyInfo Key(char c, ConsoleKey key = ConsoleKey.None, bool shift = false) => new(c, key, shift, alt: false, control: false);

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Colour();
}
