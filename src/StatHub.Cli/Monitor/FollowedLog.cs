using Microsoft.Win32.SafeHandles;
using StatHub.Storage.Posix;

namespace StatHub.Cli.Monitor;

/// <summary>
/// A log that is followed by its name. Where it is renamed the rest of it is read before the file that has its name since; where it is cut off, it begins anew.
/// </summary>
/// <param name="path">Its name.</param>
/// <param name="fromStart">Whether what is there already is read.</param>
/// <param name="time">Tells how long a renamed file had nothing new.</param>
internal sealed class FollowedLog(string path, bool fromStart, TimeProvider time) : ILogInput
{
    private const int BlockBytes = 1024 * 1024;
    private const int BeginningBytes = 64 * 1024;
    private const int KnownBytes = 64;

    // A writer that has not reopened its log goes on with the renamed one.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly byte[] _block = new byte[BlockBytes];
    private byte[] _known = [];
    private SafeFileHandle? _file;
    private long _position;
    private long? _quietSince;
    private bool _wasOpened;
    private int _rotations;
    private int _truncations;

    public string Name => path;

    public long? Behind => _file is null ? 0 : Math.Max(0, RandomAccess.GetLength(_file) - _position);

    public bool IsOver => false;

    public ReadOnlyMemory<byte> Beginning { get; private set; }

    public string? Remark => this switch
    {
        { _file: null } => "is not there yet",
        { _rotations: > 0, _truncations: > 0 } => $"rotated {_rotations}×, truncated {_truncations}×",
        { _rotations: > 0 } => $"rotated {_rotations}×",
        { _truncations: > 0 } => $"truncated {_truncations}×",
        _ => null,
    };

    public LogBlock Read()
    {
        var change = LogBreak.None;
        if (_file is null && !TryOpen(out change))
            return default;
        if (change == LogBreak.None && IsCut())
        {
            _truncations++;
            (_position, _known, change) = (0, [], LogBreak.Truncated);
        }
        if (ReadBlock() is { Length: > 0 } block)
            return new LogBlock(block, change);
        if (change != LogBreak.None || !TryOpenNext())
            return new LogBlock(default, change);
        return new LogBlock(ReadBlock(), LogBreak.NextFile);
    }

    public void Dispose() => _file?.Dispose();

    private ReadOnlyMemory<byte> ReadBlock()
    {
        var length = RandomAccess.Read(_file!, _block, _position);
        if (length == 0)
            return default;
        _position += length;
        _quietSince = null;
        var block = _block.AsMemory(0, length);
        _known = [.. _known.AsSpan(Math.Max(0, Math.Min(_known.Length, _known.Length + length - KnownBytes))), .. block.Span[Math.Max(0, length - KnownBytes)..]];
        return block;
    }

    /// <summary>Opens the file the first time that it is there.</summary>
    private bool TryOpen(out LogBreak change)
    {
        change = LogBreak.None;
        if (!File.Exists(path))
        {
            // What comes into being later is read from its beginning.
            _wasOpened = true;
            return false;
        }
        _file = Open();
        var beginning = new byte[BeginningBytes];
        Beginning = beginning.AsMemory(0, RandomAccess.Read(_file, beginning, 0));
        if (!_wasOpened && !fromStart)
            change = GoToEnd();
        _wasOpened = true;
        return true;
    }

    private LogBreak GoToEnd()
    {
        _position = RandomAccess.GetLength(_file!);
        var known = new byte[(int)Math.Min(_position, KnownBytes)];
        _known = known[..RandomAccess.Read(_file!, known, _position - known.Length)];
        return _known.Length > 0 && _known[^1] != '\n' ? LogBreak.WithinLine : LogBreak.None;
    }

    /// <summary>Whether the file lost what was read of it: copytruncate, or somebody emptied it. What was read last is no longer where it was.</summary>
    private bool IsCut()
    {
        var length = RandomAccess.GetLength(_file!);
        if (length < _position)
            return true;
        if (length == _position)
            return false;
        Span<byte> there = stackalloc byte[KnownBytes];
        there = there[.._known.Length];
        return RandomAccess.Read(_file!, there, _position - there.Length) != there.Length || !there.SequenceEqual(_known);
    }

    /// <summary>Goes on with the file that has the name now, once the one before had nothing new for a while.</summary>
    private bool TryOpenNext()
    {
        if (FileIdentity.At(path) is not { } next || next == FileIdentity.Of(_file!))
            return false;
        _quietSince ??= time.GetTimestamp();
        if (time.GetElapsedTime(_quietSince.Value) < Grace)
            return false;
        _file!.Dispose();
        (_file, _position, _known, _quietSince) = (Open(), 0, [], null);
        _rotations++;
        return true;
    }

    private SafeFileHandle Open() => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
