using Microsoft.Win32.SafeHandles;
using StatHub.Core.Logs;
using StatHub.Storage.Journal;

namespace StatHub.Storage.Logs.Following;

/// <summary>A file of a followed log that is open.</summary>
internal sealed class OpenLog(SafeFileHandle handle, FollowedFile state, DateTimeOffset openedAt) : IDisposable
{
    // What it begins with, as long as nothing of it is in the journal.
    private Fingerprint _seen = Fingerprint.Empty;

    public SafeFileHandle Handle { get; } = handle;

    /// <summary>How far it is in the journal.</summary>
    public FollowedFile State { get; set; } = state;

    /// <summary>Reads its lines; null before the first.</summary>
    public ILogParser? Parser { get; set; }

    /// <summary>Its length when it was last seen.</summary>
    public long Length { get; private set; } = state.Length;

    /// <summary>When it was last seen to be longer, or it was opened.</summary>
    public DateTimeOffset GrownAt { get; private set; } = openedAt;

    /// <summary>Whether it was cut short since it was last seen, also where it has grown since to more than it was.</summary>
    /// <param name="length">Its length.</param>
    public bool IsCut(long length) =>
        length < Length || !State.Matches(Handle, length) || (State.Offset == 0 && _seen != Fingerprint.Of(Handle, 0, _seen.Length));

    /// <summary>Notes its length.</summary>
    public void See(long length, DateTimeOffset now)
    {
        if (length > Length)
            GrownAt = now;
        Length = length;
        if (State.Offset == 0 && _seen.Length < Math.Min(length, Fingerprint.MostBytes))
            _seen = Fingerprint.Of(Handle, 0, (int)Math.Min(length, Fingerprint.MostBytes));
    }

    /// <summary>It was cut short: what it has now is another file.</summary>
    public void BeginAnew()
    {
        State = FollowedFile.Beginning(State.Inode, State.Grew);
        (Length, Parser, _seen) = (0, null, Fingerprint.Empty);
    }

    public long Behind => Math.Max(0, Length - State.Offset);

    /// <summary>Whether another file is this one, or a copy of it, packed or not.</summary>
    public bool IsSame(SafeFileHandle other, long length)
    {
        if (State.Offset > 0)
            return State.Matches(other, length);
        var known = (int)Math.Min(Fingerprint.MostBytes, Math.Min(length, RandomAccess.GetLength(Handle)));
        return known > 0 && Fingerprint.Of(Handle, 0, known) == Fingerprint.Of(other, 0, known);
    }

    public void Dispose() => Handle.Dispose();
}
