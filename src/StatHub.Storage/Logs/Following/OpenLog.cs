using Microsoft.Win32.SafeHandles;
using StatHub.Core.Logs;
using StatHub.Storage.Journal;

namespace StatHub.Storage.Logs.Following;

/// <summary>A file of a followed log that is open.</summary>
internal sealed class OpenLog(SafeFileHandle handle, FollowedFile state, DateTimeOffset openedAt) : IDisposable
{
    public SafeFileHandle Handle { get; } = handle;

    /// <summary>How far it is in the journal.</summary>
    public FollowedFile State { get; set; } = state;

    /// <summary>Reads its lines; null before the first.</summary>
    public ILogParser? Parser { get; set; }

    /// <summary>Its length as the last look found it.</summary>
    public long Length { get; set; } = state.Length;

    /// <summary>When a look last found it longer, or it was opened.</summary>
    public DateTimeOffset GrownAt { get; set; } = openedAt;

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
