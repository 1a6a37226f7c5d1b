namespace StatHub.Cli.Monitor;

/// <summary>What somebody at the keyboard wants to see.</summary>
internal sealed record MonitorView
{
    /// <summary>How many names are in a list.</summary>
    public required int Top { get; init; }

    public Panel Focus { get; init; }

    /// <summary>Whether only the panel in focus is shown.</summary>
    public bool IsEnlarged { get; init; }

    /// <summary>How many lines of the panel in focus are passed over.</summary>
    public int Scrolled { get; init; }

    /// <summary>Whether numbers are those since the beginning, in place of the last interval.</summary>
    public bool IsTotal { get; init; }

    /// <summary>Whether the display stands still.</summary>
    public bool IsPaused { get; init; }

    public bool IsHelp { get; init; }

    /// <summary>Only names with that in them are listed.</summary>
    public string Filter { get; init; } = "";

    /// <summary>Whether the filter is being typed.</summary>
    public bool IsTyping { get; init; }

    /// <summary>Whether keys can be pressed.</summary>
    public bool HasKeys { get; init; } = true;

    /// <summary>What a key makes of it; null when it is to end.</summary>
    public MonitorView? After(ConsoleKeyInfo key)
    {
        if (IsTyping)
            return Typed(key);
        return (key.Key, key.KeyChar) switch
        {
            (ConsoleKey.Tab, _) when key.Modifiers.HasFlag(ConsoleModifiers.Shift) => this with { Focus = (Panel)(((int)Focus + PanelCount - 1) % PanelCount), Scrolled = 0 },
            (ConsoleKey.Tab, _) => this with { Focus = (Panel)(((int)Focus + 1) % PanelCount), Scrolled = 0 },
            (ConsoleKey.Enter, _) => this with { IsEnlarged = !IsEnlarged, Scrolled = 0 },
            (ConsoleKey.DownArrow, _) => this with { Scrolled = Scrolled + 1 },
            (ConsoleKey.UpArrow, _) => this with { Scrolled = Math.Max(0, Scrolled - 1) },
            (ConsoleKey.PageDown, _) => this with { Scrolled = Scrolled + 10 },
            (ConsoleKey.PageUp, _) => this with { Scrolled = Math.Max(0, Scrolled - 10) },
            (ConsoleKey.Home, _) => this with { Scrolled = 0 },
            (ConsoleKey.Escape, _) => this with { IsHelp = false, IsEnlarged = false, Filter = "", Scrolled = 0 },
            (_, 'q' or 'Q') => null,
            (_, 'p' or 'P') => this with { IsPaused = !IsPaused },
            (_, 't' or 'T') => this with { IsTotal = !IsTotal, Scrolled = 0 },
            (_, '/') => this with { IsTyping = true, IsHelp = false },
            (_, '?' or 'h') => this with { IsHelp = !IsHelp },
            _ => this,
        };
    }

    private static int PanelCount => Enum.GetValues<Panel>().Length;

    private MonitorView Typed(ConsoleKeyInfo key) => key.Key switch
    {
        ConsoleKey.Enter => this with { IsTyping = false, Scrolled = 0 },
        ConsoleKey.Escape => this with { IsTyping = false, Filter = "", Scrolled = 0 },
        ConsoleKey.Backspace => this with { Filter = Filter.Length == 0 ? "" : Filter[..^1] },
        _ => char.IsControl(key.KeyChar) || Filter.Length >= 60 ? this : this with { Filter = Filter + key.KeyChar },
    };
}

/// <summary>Parts of the screen.</summary>
internal enum Panel
{
    Sections,
    Clients,
    UserAgents,
    Methods,
    Alerts,
}
