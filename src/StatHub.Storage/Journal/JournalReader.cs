using Microsoft.Win32.SafeHandles;
using StatHub.Core.Journal;

namespace StatHub.Storage.Journal;

/// <summary>
/// Reads the lines between two offsets of a file into a batch. An unfinished last line is left for the next time, unless
/// the file is closed: then nobody will finish it.
/// </summary>
internal sealed class JournalReader
{
    private const int BufferBytes = 1024 * 1024;

    // What is read is still in the processor's cache when its lines are looked at. The rest of the buffer is for lines that are longer.
    private const int ReadBytes = 256 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];

    /// <summary>Reads on; stops behind the line that makes <paramref name="mostBytes"/> full.</summary>
    /// <returns>The offset behind the last line that has an outcome.</returns>
    public long Read(SafeFileHandle handle, JournalFile file, JournalPosition position, long until, bool closed, long mostBytes, HitBatchBuilder batch)
    {
        var consumed = position.Offset;
        var filled = 0;
        var garbage = 0L; // bytes of a line that is longer than the buffer, already thrown away
        var stop = Math.Min(until, position.Offset + mostBytes);
        while (consumed + garbage + filled < until && consumed < stop)
        {
            var most = (int)Math.Min(Math.Min(BufferBytes - filled, ReadBytes), until - consumed - garbage - filled);
            var read = RandomAccess.Read(handle, _buffer.AsSpan(filled, most), consumed + garbage + filled);
            if (read == 0)
                break;
            filled += read;
            var used = AddLines(_buffer.AsSpan(0, filled), file, position, stop, ref consumed, ref garbage, batch);
            if (used == 0 && filled == BufferBytes)
                used = ThrowAway(_buffer.AsSpan(0, filled), file, position, ref consumed, ref garbage, batch);
            _buffer.AsSpan(used, filled - used).CopyTo(_buffer);
            filled -= used;
        }
        if (closed && consumed + garbage + filled == until && garbage + filled > 0)
        {
            Add(_buffer.AsSpan(0, filled), file, position, consumed, garbage, batch);
            consumed = until;
        }
        return consumed;
    }

    private static int AddLines(
        ReadOnlySpan<byte> buffer, JournalFile file, JournalPosition position, long stop, ref long consumed, ref long garbage, HitBatchBuilder batch)
    {
        var used = 0;
        for (var newline = buffer.IndexOf((byte)'\n'); newline >= 0 && consumed < stop; newline = buffer[used..].IndexOf((byte)'\n'))
        {
            Add(buffer.Slice(used, newline), file, position, consumed, garbage, batch);
            used += newline + 1;
            consumed += garbage + newline + 1;
            garbage = 0;
        }
        return used;
    }

    /// <summary>No newline in a whole buffer: keep what begins a line, throw away what is no line any more.</summary>
    private static int ThrowAway(ReadOnlySpan<byte> buffer, JournalFile file, JournalPosition position, ref long consumed, ref long garbage, HitBatchBuilder batch)
    {
        var beginning = buffer[1..].LastIndexOf(HitLine.Beginning) + 1;
        if (beginning > 0)
        {
            // The pieces before the last beginning are complete: nothing can be added to them.
            Add(buffer[..beginning], file, position, consumed, garbage, batch);
            consumed += garbage + beginning;
            garbage = 0;
            return beginning;
        }
        var kept = HitLine.Beginning.Length;
        garbage += buffer.Length - kept;
        return buffer.Length - kept;
    }

    private static void Add(ReadOnlySpan<byte> line, JournalFile file, JournalPosition position, long offset, long garbage, HitBatchBuilder batch)
    {
        if (garbage > 0)
        {
            AddBehindGarbage(line, file, offset, garbage, batch);
            return;
        }
        if (offset < position.DuplicateUntil)
            batch.AddDuplicate(line, file.Parsed);
        else
            batch.Add(line, file.Parsed, file.Name, offset);
    }

    private static void AddBehindGarbage(ReadOnlySpan<byte> line, JournalFile file, long offset, long garbage, HitBatchBuilder batch)
    {
        var beginning = line.IndexOf(HitLine.Beginning);
        batch.AddTooLong(beginning < 0 ? line : line[..beginning], file.Name, offset);
        if (beginning >= 0)
            batch.Add(line[beginning..], file.Parsed, file.Name, offset + garbage + beginning);
    }
}
