using Microsoft.Win32.SafeHandles;

namespace StatHub.Cli.Output;

/// <summary>Standard output for bytes.</summary>
internal static class StandardOutput
{
    // EPIPE of Linux.
    private const int BrokenPipe = 32;

    /// <summary>
    /// Opens it so that a write to a pipe whose reader has gone fails: the console's own stream swallows that, and
    /// <c>| head</c> would let an endless command go on.
    /// </summary>
    public static Stream Open()
    {
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (!pipe.CanSeek)
            return pipe;
        // On a file it would not move the offset that the next command of the shell goes on at.
        pipe.Dispose();
        return Console.OpenStandardOutput();
    }

    /// <summary>Whether a write failed because nobody reads any more.</summary>
    public static bool IsGone(IOException exception) => exception.HResult == BrokenPipe;
}
