using StatHub.Cli.Output;
using StatHub.Core.Alerts;

namespace StatHub.Cli.Monitor;

/// <summary>A screen that stays: numbers change where they are.</summary>
internal sealed class MonitorScreen : IMonitorOutput
{
    private readonly TerminalWindow _window;
    private MonitorView _view;
    private MonitorState? _shown;
    private (int, int) _size;
    private long _second = -1;

    /// <summary>Takes the terminal.</summary>
    public MonitorScreen(TerminalWindow window, int top)
    {
        _window = window;
        _view = new MonitorView { Top = top, HasKeys = window.Keys is not null };
        _size = window.Size;
    }

    public Task TellAsync(AlertTransition transition, MonitorState state)
    {
        _second = -1;
        return Task.CompletedTask;
    }

    public Task ReportAsync(MonitorState state)
    {
        _second = -1;
        return Task.CompletedTask;
    }

    public bool Refresh(DateTimeOffset now, Func<MonitorState> state)
    {
        var isChanged = false;
        while (_window.Keys?.TryRead(out var key) == true)
        {
            if (_view.After(key) is not { } after)
                return false;
            (_view, isChanged) = (after, true);
        }
        if (_window.Size != _size)
        {
            (_size, isChanged) = (_window.Size, true);
            _window.Clear();
        }
        // Once a second, when a key was pressed, and when there is news.
        var second = now.ToUnixTimeSeconds();
        if (!isChanged && second == _second)
            return true;
        _second = second;
        if (!_view.IsPaused || _shown is null)
            _shown = state();
        else if (!_shown.IsStill)
            _shown = _shown.Still();
        _window.Show(MonitorFrame.Of(_shown, _view, _size.Item1, _size.Item2));
        return true;
    }

    public void Dispose() => _window.Dispose();
}
