using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using StatHub.Storage.Posix;

namespace StatHub.Cli.Output;

/// <summary>
/// The whole of a terminal, on its alternate screen: what was there before comes back when this ends, however the process ends but by a kill.
/// Only lines that changed are written.
/// </summary>
internal sealed class TerminalWindow : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l\e[2J";
    private const string Leave = "\e[0m\e[?25h\e[?1049l";

    private readonly TextWriter _writer;
    private readonly Func<(int Width, int Height)> _size;
    private readonly Lock _lock = new();
    private readonly List<IDisposable> _undo = [];
    private string[] _shown = [];
    private bool _isOpen;

    /// <summary>Takes a terminal.</summary>
    /// <param name="writer">Writes to it.</param>
    /// <param name="size">Its columns and lines.</param>
    /// <param name="keys">What is typed; null where nothing can be.</param>
    public TerminalWindow(TextWriter writer, Func<(int Width, int Height)> size, ChannelReader<ConsoleKeyInfo>? keys)
    {
        (_writer, _size, Keys) = (writer, size, keys);
        Open();
    }

    /// <summary>What is typed; null where nothing can be.</summary>
    public ChannelReader<ConsoleKeyInfo>? Keys { get; }

    /// <summary>Columns and lines.</summary>
    public (int Width, int Height) Size => _size();

    /// <summary>The terminal of this process.</summary>
    public static TerminalWindow OfThisProcess()
    {
        var writer = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 64 * 1024);
        var window = new TerminalWindow(writer, () => (Console.WindowWidth, Console.WindowHeight), Console.IsInputRedirected ? null : ReadKeys());
        EventHandler onExit = (_, _) => window.Close();
        UnhandledExceptionEventHandler onCrash = (_, _) => window.Close();
        AppDomain.CurrentDomain.ProcessExit += onExit;
        AppDomain.CurrentDomain.UnhandledException += onCrash;
        if (OperatingSystem.IsWindows())
            return window;
        window.On(PosixSignal.SIGHUP, _ => window.Close());
        window.On(PosixSignal.SIGQUIT, _ => window.Close());
        // Ctrl-Z leaves the screen to the shell, fg takes it again.
        window.On(PosixSignal.SIGTSTP, signal =>
        {
            signal.Cancel = true;
            window.Close();
            Signals.StopThisProcess();
        });
        window.On(PosixSignal.SIGCONT, _ => window.Open());
        return window;
    }

    /// <summary>Shows lines from the top on; what is below them is cleared.</summary>
    public void Show(IReadOnlyList<string> lines)
    {
        lock (_lock)
        {
            if (!_isOpen)
                return;
            // Terminals that know it show all of it at once; others pass it over.
            _writer.Write("\e[?2026h");
            for (var i = 0; i < lines.Count; i++)
            {
                if (i < _shown.Length && _shown[i] == lines[i])
                    continue;
                _writer.Write($"\e[{i + 1};1H{lines[i]}\e[0m\e[K");
            }
            if (lines.Count < _shown.Length)
                _writer.Write($"\e[{lines.Count + 1};1H\e[J");
            _writer.Write("\e[?2026l");
            _writer.Flush();
            _shown = [.. lines];
        }
    }

    /// <summary>Forgets what is shown: the terminal has another size.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _shown = [];
            if (_isOpen)
                _writer.Write("\e[2J");
        }
    }

    public void Dispose()
    {
        foreach (var registration in _undo)
            registration.Dispose();
        Close();
    }

    private void On(PosixSignal signal, Action<PosixSignalContext> handler) => _undo.Add(PosixSignalRegistration.Create(signal, handler));

    private void Open()
    {
        lock (_lock)
        {
            if (_isOpen)
                return;
            (_isOpen, _shown) = (true, []);
            _writer.Write(Enter);
            _writer.Flush();
        }
    }

    private void Close()
    {
        lock (_lock)
        {
            if (!_isOpen)
                return;
            _isOpen = false;
            _writer.Write(Leave);
            _writer.Flush();
        }
    }

    private static ChannelReader<ConsoleKeyInfo> ReadKeys()
    {
        var keys = Channel.CreateBounded<ConsoleKeyInfo>(64);
        // While somebody waits for a key, the terminal shows none that is typed.
        new Thread(() =>
        {
            try
            {
                while (true)
                    keys.Writer.TryWrite(Console.ReadKey(intercept: true));
            }
            catch (InvalidOperationException)
            {
                keys.Writer.Complete();
            }
        })
        { IsBackground = true, Name = "keys" }.Start();
        return keys.Reader;
    }
}
