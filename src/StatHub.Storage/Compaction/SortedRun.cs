using System.IO.Compression;
using StatHub.Core.Hits;

namespace StatHub.Storage.Compaction;

/// <summary>Reads lines that are sorted by key and time, from a temporary file or a compacted one.</summary>
internal sealed class SortedRun : IDisposable
{
    private const int FirstBytes = 64 * 1024;

    private readonly GZipStream _content;
    private byte[] _block = new byte[FirstBytes];
    private int _start;
    private int _filled;
    private int _length;
    private int _keyAt;
    private bool _ended;

    /// <summary>Opens a run.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="number">Of equal lines, those of the run with the lower number come first.</param>
    public SortedRun(string path, int number)
    {
        (Path, Number) = (path, number);
        _content = new GZipStream(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1), CompressionMode.Decompress);
    }

    public string Path { get; }

    public int Number { get; }

    /// <summary>The line at hand.</summary>
    public ReadOnlySpan<byte> Line => _block.AsSpan(_start, _length);

    /// <summary>Its key, as it is spelled there.</summary>
    public ReadOnlySpan<byte> Key
    {
        get
        {
            if (_keyAt == 0)
                _keyAt = StoredHit.KeyAt(Line);
            return StoredHit.EscapedKey(Line, _keyAt);
        }
    }

    /// <summary>Goes to the next line; false at the end.</summary>
    public bool Read()
    {
        _start += _length;
        while (true)
        {
            _length = _block.AsSpan(_start, _filled - _start).IndexOf((byte)'\n') + 1;
            if (_length > 0)
                return true;
            if (_ended)
                return false;
            Fill();
        }
    }

    public static int Compare(SortedRun? left, SortedRun? right)
    {
        var order = StoredKey.Compare(left!.Key, right!.Key);
        // Both texts are of one length and form, so their order is that of the instants.
        if (order == 0)
            order = StoredHit.TimeText(left.Line).SequenceCompareTo(StoredHit.TimeText(right.Line));
        return order != 0 ? order : left.Number.CompareTo(right.Number);
    }

    public void Dispose() => _content.Dispose();

    private void Fill()
    {
        _block.AsSpan(_start, _filled - _start).CopyTo(_block);
        (_start, _filled) = (0, _filled - _start);
        if (_filled == _block.Length)
            Array.Resize(ref _block, _block.Length * 2);
        var read = _content.Read(_block.AsSpan(_filled));
        _filled += read;
        _ended = read == 0;
    }
}
