using System.Buffers.Binary;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace StatHub.Load;

/// <summary>
/// Tells which of many sockets have something to be read, at a cost that depends on those only: Linux' epoll. A socket is forgotten when it is closed.
/// </summary>
internal sealed partial class LoadPoller : IDisposable
{
    private const int Add = 1;
    private const uint In = 1;
    private const int EIntr = 4;
    private const int MostAtOnce = 256;

    // The kernel packs the record on x64 only: 4 bytes of flags, then 8 that are ours.
    private static readonly int DataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int RecordSize = DataAt + 8;

    private readonly SafeFileHandle _epoll;
    private readonly byte[] _ready = new byte[MostAtOnce * RecordSize];
    private readonly byte[] _added = new byte[RecordSize];

    public LoadPoller()
    {
        _epoll = epoll_create1(0);
        if (_epoll.IsInvalid)
            throw Error();
    }

    /// <summary>Watches a socket from now on.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="number">What <see cref="Wait"/> calls it.</param>
    public void Watch(Socket socket, int number)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_added, In);
        BinaryPrimitives.WriteInt64LittleEndian(_added.AsSpan(DataAt), number);
        if (epoll_ctl(_epoll, Add, socket.SafeHandle, _added) != 0)
            throw Error();
    }

    /// <summary>Waits until some socket has something, for whole milliseconds at most; the number of those that have.</summary>
    public int Wait(TimeSpan most)
    {
        var count = epoll_wait(_epoll, _ready, MostAtOnce, (int)Math.Ceiling(most.TotalMilliseconds));
        if (count < 0 && Marshal.GetLastPInvokeError() != EIntr)
            throw Error();
        return Math.Max(0, count);
    }

    /// <summary>The number of one of the sockets that the last <see cref="Wait"/> found.</summary>
    public int Ready(int index) => (int)BinaryPrimitives.ReadInt64LittleEndian(_ready.AsSpan(index * RecordSize + DataAt));

    public void Dispose() => _epoll.Dispose();

    private static Win32Exception Error() => new(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    private static partial SafeFileHandle epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(SafeHandle epoll, int operation, SafeHandle file, byte[] record);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(SafeHandle epoll, [Out] byte[] records, int most, int milliseconds);
}
